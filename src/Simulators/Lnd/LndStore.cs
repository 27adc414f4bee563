using System.Collections.Immutable;
using System.Text.Json;

namespace Coordinator.Simulators.Lnd;

/// <summary>
/// The model in a folder: a document from the last start, and a journal of what changed since, one line for each group of changes. A kill leaves
/// whole lines; a torn last one was told to nobody. What waits together is written together.
/// </summary>
internal sealed class LndStore(string folder) : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _work = new(0);
    private List<LndEvent> _events = [];
    private LndDocument? _heads;
    private TaskCompletionSource _waiting = NewSource();
    private Task _saving = Task.CompletedTask;
    private Task _loop = Task.CompletedTask;
    private FileStream? _journal;
    private bool _isClosed;

    private string DocumentPath => Path.Combine(folder, "lnd.json");

    /// <summary>The stored document, or null in a new folder.</summary>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public LndDocument? Load()
    {
        if (!File.Exists(DocumentPath))
        {
            return null;
        }

        var document = LndDocument.FromJson(File.ReadAllBytes(DocumentPath));
        var path = JournalPath(document.Journal);
        return File.Exists(path) ? LndJournal.Replay(document, File.ReadAllText(path)) : document;
    }

    /// <summary>Starts anew from this document; what changes from now on goes to the journal.</summary>
    public void Begin(LndDocument document)
    {
        var old = JournalPath(document.Journal);
        document = document with { Journal = document.Journal + 1 };
        var path = JournalPath(document.Journal);
        _journal = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0);
        OwnerFile.Replace(DocumentPath, document.ToJson());
        File.Delete(old);
        _loop = Task.Run(RunAsync);
    }

    /// <summary>Takes a change, in the model's turn; it is in the file once <see cref="SavedAsync"/> has ended.</summary>
    /// <param name="heads">Everything but invoices and payments.</param>
    /// <param name="events">Those that changed.</param>
    public void Add(LndDocument heads, IEnumerable<LndEvent> events)
    {
        lock (_gate)
        {
            _heads = heads;
            _events.AddRange(events);
        }

        _work.Release();
    }

    /// <summary>Ends when all that was taken before is in the file.</summary>
    public Task SavedAsync()
    {
        lock (_gate)
        {
            return _heads is null ? _saving : _waiting.Task;
        }
    }

    /// <summary>Saves what is left and closes the journal. Safe to repeat.</summary>
    public async ValueTask DisposeAsync()
    {
        _isClosed = true;
        _work.Release();
        await _loop;
        if (_journal is not null)
        {
            await _journal.DisposeAsync();
            _journal = null;
        }
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private string JournalPath(long number) => Path.Combine(folder, $"lnd.{number}.journal");

    private async Task RunAsync()
    {
        while (true)
        {
            await _work.WaitAsync();
            TaskCompletionSource told;
            LndJournalLine line;
            lock (_gate)
            {
                if (_heads is null)
                {
                    if (_isClosed)
                    {
                        return;
                    }

                    continue;
                }

                line = new LndJournalLine(_heads, [.. _events]);
                (_heads, _events, told) = (null, [], _waiting);
                (_waiting, _saving) = (NewSource(), told.Task);
            }

            try
            {
                await _journal!.WriteAsync(line.ToUtf8()); // the system has it: a kill loses nothing, and a simulator need not survive the machine
                told.SetResult();
            }
            catch (IOException failure)
            {
                told.SetException(failure);
            }
        }
    }
}

/// <summary>A group of changes: the heads after them, and each invoice and payment as it is now.</summary>
internal sealed record LndJournalLine(LndDocument Heads, ImmutableArray<LndEvent> Events)
{
    public byte[] ToUtf8() => [.. JsonSerializer.SerializeToUtf8Bytes(this, LndDocument.Json), (byte)'\n'];
}

/// <summary>Puts a journal onto its document.</summary>
internal static class LndJournal
{
    /// <exception cref="InvalidDataException">A whole line cannot be read.</exception>
    public static LndDocument Replay(LndDocument document, string journal)
    {
        var invoices = document.Nodes.ToDictionary(node => node.Name, node => node.Invoices.ToDictionary(one => one.Hash), StringComparer.Ordinal);
        var payments = document.Nodes.ToDictionary(node => node.Name, node => node.Payments.ToDictionary(one => one.Hash), StringComparer.Ordinal);
        var heads = document;
        foreach (var text in journal[..(journal.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var line = Read(text);
            heads = line.Heads;
            foreach (var node in heads.Nodes)
            {
                invoices.TryAdd(node.Name, []);
                payments.TryAdd(node.Name, []);
            }

            foreach (var change in line.Events)
            {
                if (change.Invoice is { } invoice)
                {
                    invoices[change.Node][invoice.Hash] = invoice;
                }
                else if (change.Payment is { } payment)
                {
                    payments[change.Node][payment.Hash] = payment;
                }
            }
        }

        return heads with
        {
            Journal = document.Journal,
            Nodes = [.. heads.Nodes.Select(node => node with
            {
                Invoices = [.. invoices[node.Name].Values.OrderBy(invoice => invoice.AddIndex)],
                Payments = [.. payments[node.Name].Values.OrderBy(payment => payment.Index)],
            })],
        };
    }

    private static LndJournalLine Read(string text)
    {
        try
        {
            return JsonSerializer.Deserialize<LndJournalLine>(text, LndDocument.Json) ?? throw new InvalidDataException("a line of the journal is empty");
        }
        catch (JsonException damage)
        {
            throw new InvalidDataException($"the node database's journal cannot be read: {damage.Message}", damage);
        }
    }
}
