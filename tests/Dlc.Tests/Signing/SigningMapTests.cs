using System.Text;
using Coordinator.Bitcoin;

namespace Coordinator.Dlc.Tests;

public sealed class SigningMapTests
{
    private const string Zero = "0000000000000000000000000000000000000000000000000000000000000000";
    private const string One = "0000000000000000000000000000000000000000000000000000000000000001";

    private static readonly SigMapShape Shape = new(
        [Outcome.Attestation(2), Outcome.Attestation(10), Outcome.Expiry], [new(Outcome.Attestation(2), 11), new(Outcome.Expiry, 0)]);

    [Fact]
    public void Keys_may_come_in_any_order_and_are_written_in_theirs()
    {
        var json = "{\"by_win_condition\":{\"exp:p0\":\"" + One + "\",\"att2:p11\":\"" + Zero + "\"},\"more\":[1,{}],"
            + "\"by_outcome\":{\"exp\":\"" + Zero + "\",\"att10\":\"" + One + "\",\"att2\":\"" + Zero + "\"}}";
        var map = Read(json);
        Assert.Equal(One, map[Outcome.Attestation(10)].ToHex());
        Assert.Equal(Zero, map[new WinCondition(Outcome.Attestation(2), 11)].ToHex());
        Assert.Equal(
            "{\"by_outcome\":{\"att2\":\"" + Zero + "\",\"att10\":\"" + One + "\",\"exp\":\"" + Zero + "\"},\"by_win_condition\":{\"att2:p11\":\""
            + Zero + "\",\"exp:p0\":\"" + One + "\"}}",
            SigningVector.Json(map.ToJsonBytes()));
        Assert.Throws<KeyNotFoundException>(() => map[Outcome.Attestation(3)]);
    }

    [Fact]
    public void A_map_without_win_conditions_still_has_both_members()
    {
        var shape = new SigMapShape([Outcome.Attestation(0)], []);
        var json = "{\"by_outcome\":{\"att0\":\"" + One + "\"},\"by_win_condition\":{}}";
        Assert.Equal(json, SigningVector.Json(SigMap<PartialSignature>.Parse(shape, Encoding.UTF8.GetBytes(json)).ToJsonBytes()));
        Assert.Equal("{\"by_outcome\":{},\"by_win_condition\":{}}", SigningVector.Json(
            SigMap<PartialSignature>.FromPacked(new SigMapShape([], []), []).ToJsonBytes()));
    }

    [Theory]
    [InlineData("att3", "att3 is not expected")]
    [InlineData("att02", "att02 is not expected")]
    [InlineData("att+2", "att+2 is not expected")]
    [InlineData("ATT2", "ATT2 is not expected")]
    [InlineData("", "an entry is not expected")]
    [InlineData("att99999999999999999999", "is not expected")]
    [InlineData("attattattattattattattattattattattattattatt", "an entry is not expected")]
    [InlineData("att2:p11", "is not expected")]
    public void Other_keys_are_refused_by_name(string key, string message)
        => Refused("{\"by_outcome\":{\"" + key + "\":\"" + Zero + "\"},\"by_win_condition\":{}}", message);

    [Theory]
    [InlineData("", "not JSON")]
    [InlineData("null", "an object expected")]
    [InlineData("{}", "by_outcome is missing")]
    [InlineData("{\"by_outcome\":{}}", "by_win_condition is missing")]
    [InlineData("{\"by_outcome\":{},\"by_win_condition\":{}}", "att2 is missing")]
    [InlineData("{\"by_outcome\":{},\"by_outcome\":{},\"by_win_condition\":{}}", "occurs twice")]
    [InlineData("{\"by_outcome\":[],\"by_win_condition\":{}}", "an object expected")]
    [InlineData("{\"by_outcome\":{\"att2\":1},\"by_win_condition\":{}}", "64 hexadecimal digits")]
    [InlineData("{\"by_outcome\":{\"att2\":\"00\"},\"by_win_condition\":{}}", "64 hexadecimal digits")]
    [InlineData("{\"by_outcome\":{\"att2\":{\"x\":[", "64 hexadecimal digits")]
    [InlineData("{\"by_outcome\":{\"att2\":\"g000000000000000000000000000000000000000000000000000000000000000\"},\"by_win_condition\":{}}", "64 hexadecimal digits")]
    [InlineData("{\"by_outcome\":{\"att2\":\"" + Zero + "\",\"att2\":\"" + Zero + "\"},\"by_win_condition\":{}}", "occurs twice")]
    [InlineData("{\"by_outcome\":{\"att2\":\"" + Zero + "\"},\"by_win_condition\":{}} x", "not JSON")]
    public void Documents_that_are_no_such_map_are_refused(string json, string message) => Refused(json, message);

    [Fact]
    public void Every_truncation_of_a_map_is_refused_without_an_escaping_exception()
    {
        var vector = SigningVector.Load("dlctix02/bound", "a");
        var nonces = Encoding.UTF8.GetBytes(vector.Text("public_nonces_serde_json", "p0"));
        var signatures = Encoding.UTF8.GetBytes(vector.Text("contract_signatures_serde_json"));
        for (var length = 0; length < nonces.Length; length++)
        {
            Assert.False(SigMap<PublicNonce>.TryParse(vector.Items.Player(0).Shape, nonces.AsSpan(0, length), out _, out var error));
            Assert.NotEmpty(error);
        }

        for (var length = 0; length < signatures.Length; length++)
        {
            Assert.False(ContractSignatures.TryParse(signatures.AsSpan(0, length), out _, out var error));
            Assert.NotEmpty(error);
        }
    }

    [Fact]
    public void Every_flipped_byte_of_a_document_is_read_or_refused()
    {
        const ulong Seed = 7;
        var vector = SigningVector.Load("dlctix02/bound", "a");
        var nonces = Encoding.UTF8.GetBytes(vector.Text("public_nonces_serde_json", "p0"));
        var signatures = Encoding.UTF8.GetBytes(vector.Text("contract_signatures_serde_json"));
        var state = Seed;
        for (var i = 0; i < 2_000; i++)
        {
            var flip = (byte)(1 + (Next(ref state) % 255));
            foreach (var original in new[] { nonces, signatures })
            {
                var copy = (byte[])original.Clone();
                copy[(int)(Next(ref state) % (ulong)copy.Length)] ^= flip;
                var failure = Record.Exception(() =>
                {
                    _ = SigMap<PublicNonce>.TryParse(vector.Items.Player(0).Shape, copy, out _, out _);
                    _ = ContractSignatures.TryParse(copy, out _, out _);
                });
                Assert.True(failure is null, $"seed {Seed}, step {i}: {failure}");
            }
        }
    }

    [Theory]
    [InlineData("{\"expiry_tx_signature\":null,\"outcome_tx_signatures\":{\"att0\":\"00\"},\"split_tx_signatures\":{}}")]
    [InlineData("{\"expiry_tx_signature\":null,\"outcome_tx_signatures\":{\"00\":\"00\"},\"split_tx_signatures\":{}}")]
    [InlineData("{\"expiry_tx_signature\":\"00\",\"outcome_tx_signatures\":{},\"split_tx_signatures\":{}}")]
    [InlineData("{\"expiry_tx_signature\":null,\"outcome_tx_signatures\":{}}")]
    [InlineData("{\"expiry_tx_signature\":null,\"expiry_tx_signature\":null,\"outcome_tx_signatures\":{},\"split_tx_signatures\":{}}")]
    [InlineData("[]")]
    public void Documents_that_are_no_signatures_are_refused(string json)
        => Assert.False(ContractSignatures.TryParse(Encoding.UTF8.GetBytes(json), out _, out _));

    [Fact]
    public void Keys_out_of_order_make_no_shape()
        => Assert.Throws<ArgumentException>(() => new SigMapShape([Outcome.Expiry, Outcome.Attestation(0)], []));

    [Fact]
    public void A_buffer_of_another_size_makes_no_map()
        => Assert.Throws<DlcFormatException>(() => SigMap<PartialSignature>.FromPacked(Shape, new byte[(32 * 5) + 1]));

    private static ulong Next(ref ulong state) => unchecked(Mix(state += 0x9e3779b97f4a7c15));

    private static ulong Mix(ulong z)
    {
        unchecked
        {
            z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
            z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
            return z ^ (z >> 31);
        }
    }

    private static SigMap<PartialSignature> Read(string json) => SigMap<PartialSignature>.Parse(Shape, Encoding.UTF8.GetBytes(json));

    private static void Refused(string json, string message)
    {
        Assert.False(SigMap<PartialSignature>.TryParse(Shape, Encoding.UTF8.GetBytes(json), out _, out var error));
        Assert.Contains(message, error, StringComparison.Ordinal);
    }
}
