using Coordinator.Bitcoin;

namespace Coordinator.Dlc;

/// <summary>A player of the contract.</summary>
/// <param name="PublicKey">The player's key for this contract only, with its parity.</param>
/// <param name="TicketHash">Hash of the preimage that the market maker sells as the ticket.</param>
/// <param name="PayoutHash">Hash of the preimage that the player reveals when paid off chain.</param>
public sealed record Player(PublicKey PublicKey, Hashlock TicketHash, Hashlock PayoutHash);

/// <summary>The party that funds the contract, sells its tickets and buys back its wins.</summary>
/// <param name="PublicKey">With its parity.</param>
public sealed record MarketMaker(PublicKey PublicKey);
