using Coordinator.Bitcoin;

namespace Coordinator.Dlc.Tests;

/// <summary>Two escrows and a coin of the wallet pay into a pool, with change.</summary>
public sealed class EscrowPsbtTests : IDisposable
{
    private readonly EscrowCase _first = new();
    private readonly EscrowCase _second = new(player: 5);
    private readonly SecretKey _wallet = EscrowCase.Key(50);
    private readonly TxOut _coin;
    private readonly Psbt _psbt;

    public EscrowPsbtTests()
    {
        _coin = new TxOut(Satoshis.Of(30_000), Script.PayToTaproot(_wallet.XOnly));
        _psbt = Describe(Unsigned());
    }

    public void Dispose()
    {
        _first.Dispose();
        _second.Dispose();
        _wallet.Dispose();
    }

    [Fact]
    public void Every_part_is_taken_by_itself_and_all_together_make_a_valid_transaction()
    {
        var first = Take(Part(_first), _first);
        var second = Take(Part(_second), _second);
        Assert.Null(EscrowPsbt.Complete(_psbt, _first.Escrow, Own(_first), first));
        Assert.Null(EscrowPsbt.Complete(_psbt, _second.Escrow, Own(_second), second));
        _psbt.Sign(_wallet);
        _psbt.FinalizeInputs();
        Interpreter.AssertValid(_psbt.Extract(), [_first.Escrow.Output, _coin, _second.Escrow.Output]);
    }

    [Fact]
    public void A_part_can_be_made_by_any_signer_of_PSBTs()
    {
        var theirs = Psbt.ParseBase64(_psbt.ToBase64());
        Assert.Equal(1, theirs.Sign(_first.Player));
        Assert.Equal(EscrowPsbt.Sign(_psbt, 0, _first.Escrow, _first.Player), Take(theirs.ToBase64(), _first));
    }

    [Fact]
    public void Nothing_is_final_without_both_signatures_over_this_transaction()
    {
        var player = EscrowPsbt.Sign(_psbt, 0, _first.Escrow, _first.Player);
        var other = Describe(Unsigned(change: 20_001));
        var stale = EscrowPsbt.Sign(other, 0, _first.Escrow, _first.Player);
        Assert.Equal(EscrowRefusalKind.SignatureInvalid, EscrowPsbt.Complete(_psbt, _first.Escrow, Own(_first), stale)?.Kind);
        Assert.Equal(EscrowRefusalKind.SignatureInvalid, EscrowPsbt.Complete(_psbt, _first.Escrow, player, player)?.Kind);
        Assert.Equal(EscrowRefusalKind.SignatureMalformed, EscrowPsbt.Complete(_psbt, _first.Escrow, Own(_first), [])?.Kind);
        Assert.False(_psbt.Inputs[0].IsFinal);
        Assert.Throws<SpendRefusedException>(() => EscrowPsbt.Sign(_psbt, 0, _first.Escrow, _second.Player));
    }

    [Fact]
    public void A_foreign_PSBT_is_refused_by_name()
    {
        var (first, coin, second) = (_first.Escrow.OutPoint, WalletCoin, _second.Escrow.OutPoint);
        var extra = new OutPoint(Txid.FromWire(new byte[32]), 7);
        AssertRefused(EscrowRefusalKind.ExtraInput, Unsigned(inputs: [first, coin, second, extra]));
        AssertRefused(EscrowRefusalKind.MissingInput, Unsigned(inputs: [first, coin]));
        AssertRefused(EscrowRefusalKind.ChangedInput, Unsigned(inputs: [first, extra, second]));
        AssertRefused(EscrowRefusalKind.ChangedInput, Unsigned(sequence: TxIn.SequenceFinal));
        AssertRefused(EscrowRefusalKind.ChangedOutput, Unsigned(change: 20_001));
        AssertRefused(EscrowRefusalKind.ExtraOutput, Unsigned(extra: true));
        AssertRefused(EscrowRefusalKind.MissingOutput, Unsigned(change: null));
        AssertRefused(EscrowRefusalKind.ChangedTransaction, Unsigned(lockTime: 5));
        AssertRefused(EscrowRefusalKind.ChangedTransaction, Unsigned(version: 3));
    }

    [Fact]
    public void What_is_not_the_players_own_signature_is_refused_by_name()
    {
        AssertRefused(EscrowRefusalKind.SignatureMissing, _ => { });
        AssertRefused(EscrowRefusalKind.ForeignSignature, psbt => psbt.Sign(_second.Player));
        AssertRefused(EscrowRefusalKind.ForeignSignature, psbt => psbt.Sign(_first.Coordinator));
        AssertRefused(EscrowRefusalKind.ForeignSignature, psbt => psbt.Sign(_wallet));
        AssertRefused(EscrowRefusalKind.ForeignSignature, psbt => psbt.FinalizeInput(0, [1]));
        AssertRefused(EscrowRefusalKind.ChangedInput, psbt => psbt.Inputs[0].WitnessUtxo = psbt.Inputs[0].WitnessUtxo! with { Value = Satoshis.Of(1) });
        AssertRefused(EscrowRefusalKind.ChangedInput, psbt => psbt.Inputs[0].WitnessScript = EscrowCase.Home);
        AssertRefused(EscrowRefusalKind.SighashType, psbt => psbt.Inputs[0].SighashType = (uint)SighashType.None);
        AssertRefused(EscrowRefusalKind.SighashType, psbt =>
        {
            byte[] signature = [.. EscrowPsbt.Sign(_psbt, 0, _first.Escrow, _first.Player)[..^1], (byte)SighashType.None];
            psbt.Inputs[0].SetPartialSignature(_first.Player.PublicKey, signature);
        });
        AssertRefused(EscrowRefusalKind.SignatureInvalid, psbt =>
            psbt.Inputs[0].SetPartialSignature(_first.Player.PublicKey, EscrowPsbt.Sign(_psbt, 2, _second.Escrow, _second.Player)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("cHNidP8=")]
    [InlineData("not base64 at all")]
    public void What_is_no_PSBT_is_refused_by_name(string text)
    {
        Assert.False(EscrowPsbt.TryTake(_psbt, text, _first.Escrow, out _, out var refusal));
        Assert.Equal(EscrowRefusalKind.Malformed, refusal?.Kind);
    }

    [Fact]
    public void Any_changed_byte_of_a_part_is_refused_or_changes_nothing()
    {
        var bytes = Convert.FromBase64String(Part(_first));
        var expected = EscrowPsbt.Sign(_psbt, 0, _first.Escrow, _first.Player);
        for (var i = 0; i < bytes.Length; i++)
        {
            byte[] changed = [.. bytes];
            changed[i] ^= 1;
            if (EscrowPsbt.TryTake(_psbt, Convert.ToBase64String(changed), _first.Escrow, out var signature, out var refusal))
            {
                Assert.Equal(expected, signature);
            }
            else
            {
                Assert.NotNull(refusal);
                Assert.Empty(signature);
            }
        }
    }

    private static OutPoint WalletCoin => new(Txid.FromWire(Hashes.Sha256("wallet"u8)), 0);

    private Transaction Unsigned(
        OutPoint[]? inputs = null, long? change = 20_000, bool extra = false, uint lockTime = 0, int version = 2, uint sequence = TxIn.SequenceReplaceable)
    {
        inputs ??= [_first.Escrow.OutPoint, WalletCoin, _second.Escrow.OutPoint];
        List<TxOut> outputs = [new(Satoshis.Of(200_000), EscrowCase.Home)];
        outputs.AddRange(change is { } rest ? [new TxOut(Satoshis.Of(rest), _coin.ScriptPubKey)] : []);
        outputs.AddRange(extra ? [new TxOut(Satoshis.Of(1_000), Script.PayToAnchor)] : []);
        return new Transaction(version, inputs.Select(point => new TxIn(point, sequence)), outputs, lockTime);
    }

    private Psbt Describe(Transaction unsigned)
    {
        var psbt = Psbt.Create(unsigned);
        EscrowPsbt.Describe(psbt, 0, _first.Escrow);
        psbt.Inputs[1].WitnessUtxo = _coin;
        EscrowPsbt.Describe(psbt, 2, _second.Escrow);
        return psbt;
    }

    private string Part(EscrowCase of)
    {
        var theirs = Psbt.ParseBase64(_psbt.ToBase64());
        var input = EscrowPsbt.InputOf(theirs, of.Escrow);
        theirs.Inputs[input].SetPartialSignature(of.Player.PublicKey, EscrowPsbt.Sign(theirs, input, of.Escrow, of.Player));
        return theirs.ToBase64();
    }

    private byte[] Own(EscrowCase of) => EscrowPsbt.Sign(_psbt, EscrowPsbt.InputOf(_psbt, of.Escrow), of.Escrow, of.Coordinator);

    private byte[] Take(string base64, EscrowCase of)
    {
        var taken = EscrowPsbt.TryTake(_psbt, base64, of.Escrow, out var signature, out var refusal);
        Assert.True(taken, refusal?.Detail);
        return signature;
    }

    private void AssertRefused(EscrowRefusalKind kind, Transaction theirs)
    {
        Assert.False(EscrowPsbt.TryTake(_psbt, Psbt.Create(theirs).ToBase64(), _first.Escrow, out _, out var refusal));
        Assert.Equal(kind, refusal?.Kind);
    }

    private void AssertRefused(EscrowRefusalKind kind, Action<Psbt> change)
    {
        var theirs = Psbt.ParseBase64(_psbt.ToBase64());
        change(theirs);
        Assert.False(EscrowPsbt.TryTake(_psbt, theirs.ToBase64(), _first.Escrow, out _, out var refusal));
        Assert.Equal(kind, refusal?.Kind);
        Assert.Equal(refusal!.Name, refusal.Name.ToLowerInvariant());
    }
}
