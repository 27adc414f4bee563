using Coordinator.Bitcoin;

namespace Coordinator.Dlc.Tests;

/// <summary>One escrow with everybody's secrets.</summary>
internal sealed class EscrowCase : IDisposable
{
    public const int T = 200;
    public const int Height = 1_000;

    public EscrowCase(int refundBlocks = T, byte player = 2)
    {
        Coordinator = Key(1);
        Player = Key(player);
        Preimage = Hashes.Sha256("ticket"u8);
        Terms = new EscrowTerms(Coordinator.PublicKey, Player.PublicKey, Hashlock.OfPreimage(Preimage), refundBlocks);
        Escrow = new EscrowOutput(Terms, new OutPoint(Txid.FromWire(Hashes.Sha256([player, 9])), 1), Satoshis.Of(100_000));
    }

    public SecretKey Coordinator { get; }

    public SecretKey Player { get; }

    public byte[] Preimage { get; }

    public EscrowTerms Terms { get; }

    public EscrowOutput Escrow { get; }

    /// <summary>A script of nobody in particular.</summary>
    public static Script Home => Script.PayToTaproot(Key(77).XOnly);

    public static SecretKey Key(byte seed) => SecretKey.From(Hashes.Sha256([seed]));

    public EscrowSweep Sweep(EscrowPath path) => EscrowSweep.TryBuild(Escrow, path, Home, FeeRate.FromSatPerVbyte(2))
        ?? throw new InvalidOperationException("the escrow is too small");

    /// <summary>What the rules say of it in the block after this tip, the escrow being at <see cref="Height"/>.</summary>
    public TransactionRefusal? Ask(Transaction transaction, int tip) => TransactionVerifier.Verify(
        transaction, [new SpentOutput(Escrow.Output, Height)], new NextBlock(tip + 1, 1_800_000_000));

    public void Dispose()
    {
        Coordinator.Dispose();
        Player.Dispose();
    }
}
