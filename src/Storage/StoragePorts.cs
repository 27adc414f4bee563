using Orleans.Storage;

namespace Coordinator.Storage;

/// <summary>Everything a silo stores, whichever kind of storage is below.</summary>
/// <param name="Documents">Of competitions and of every grain that names no provider: "Default".</param>
/// <param name="UserDocuments">The provider "users".</param>
/// <param name="BitcoinDocuments">The provider "bitcoin".</param>
/// <param name="Reminders">Of every grain.</param>
/// <param name="Artefacts">Large immutable values of competitions.</param>
/// <param name="Reservations">Coins promised to intents.</param>
/// <param name="Directory">Lists of competitions.</param>
/// <param name="UserDirectory">Lists of users.</param>
/// <param name="Cursors">How far the watchers have come.</param>
public sealed record StoragePorts(
    IGrainStorage Documents,
    IGrainStorage UserDocuments,
    IGrainStorage BitcoinDocuments,
    IReminderTable Reminders,
    IArtefactStore Artefacts,
    IReservationStore Reservations,
    IDirectoryIndex Directory,
    IDirectoryIndex UserDirectory,
    ICursorStore Cursors)
{
    /// <summary>The same storage for one incarnation of a silo, behind its gate.</summary>
    public StoragePorts Behind(IStorageGate gate) => new(
        new GatedGrainStorage(Documents, gate),
        new GatedGrainStorage(UserDocuments, gate),
        new GatedGrainStorage(BitcoinDocuments, gate),
        new GatedReminderTable(Reminders, gate),
        new GatedArtefacts(Artefacts, gate),
        new GatedReservations(Reservations, gate),
        new GatedDirectory(Directory, gate),
        new GatedDirectory(UserDirectory, gate),
        new GatedCursors(Cursors, gate));
}
