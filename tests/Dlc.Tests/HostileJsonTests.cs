using System.Text;

namespace Coordinator.Dlc.Tests;

public sealed class HostileJsonTests
{
    private static readonly byte[] Outpoint = Encoding.UTF8.GetBytes($"{new string('9', 64)}:0");
    private static readonly byte[] Parameters = ContractVector.Load("dlctix02/bound_anchor/b").ParametersFile();

    [Fact]
    public void Every_truncation_is_refused_by_name()
    {
        for (var length = 0; length < Parameters.Length; length += length < 64 ? 1 : 7)
        {
            Assert.False(ContractParameters.TryParse(Parameters.AsSpan(0, length), out _, out var error), $"{length} bytes were read");
            Assert.NotEmpty(error!);
        }
    }

    [Theory]
    [InlineData(1UL)]
    [InlineData(2UL)]
    [InlineData(3UL)]
    public void Mutations_are_read_or_refused_and_what_is_read_is_stable(ulong seed)
    {
        var random = new SplitMix(seed);
        for (var round = 0; round < 1_500; round++)
        {
            var bytes = Mutate(random, Parameters);
            if (ContractParameters.TryParse(bytes, out var parameters, out _))
            {
                var again = ContractParameters.Parse(parameters.ToJsonBytes());
                Assert.True(parameters.Equals(again), $"seed {seed}, round {round}: rewriting changed the parameters");
                _ = TicketedDlc.Check(parameters);
                _ = TicketedDlc.Check(parameters, ContractKind.Legacy);
            }

            if (round % 10 == 0)
            {
                var derived = ContractDerivation.Derive([.. "{\"funding_outpoint\":\""u8, .. Outpoint, .. "\",\"contract_params\":"u8, .. bytes, (byte)'}']);
                Assert.True(derived.IsDerived != derived.Refusal is not null, $"seed {seed}, round {round}");
            }
        }
    }

    private static byte[] Mutate(SplitMix random, byte[] original)
    {
        var bytes = original.ToList();
        var edits = 1 + (int)(random.Next() % 4);
        for (var i = 0; i < edits; i++)
        {
            var at = (int)(random.Next() % (ulong)bytes.Count);
            switch (random.Next() % 5)
            {
                case 0:
                    bytes[at] = unchecked((byte)random.Next());
                    break;
                case 1:
                    bytes.RemoveAt(at);
                    break;
                case 2:
                    bytes.Insert(at, "0123456789{}[]:,\"-.e"u8[(int)(random.Next() % 20)]);
                    break;
                case 3:
                    bytes[at] = "0123456789abcdef"u8[(int)(random.Next() % 16)];
                    break;
                default:
                    var length = Math.Min(bytes.Count - at, (int)(random.Next() % 80));
                    bytes.InsertRange((int)(random.Next() % (ulong)bytes.Count), bytes.GetRange(at, length));
                    break;
            }
        }

        return [.. bytes];
    }

    [Theory]
    [InlineData(4UL)]
    [InlineData(5UL)]
    public void Signed_contracts_are_read_or_refused_by_name(ulong seed)
    {
        var random = new SplitMix(seed);
        var original = Encoding.UTF8.GetBytes(ContractVector.Load("dlctix02/bound_anchor/a").Read("signing").GetProperty("signed_contract_serde_json").GetString()!);
        Assert.Equal(original, SignedContract.Parse(original).ToJsonBytes());
        for (var round = 0; round < 200; round++)
        {
            var bytes = Mutate(random, original);
            var failure = Record.Exception(() => SignedContract.Parse(bytes));
            Assert.True(failure is null or DlcFormatException or ContractRefusedException, $"seed {seed}, round {round}: {failure}");
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{}{}")]
    [InlineData("\"\\ud800\"")]
    [InlineData("{\"\\ud800\":1}")]
    [InlineData("{\"market_maker\":{\"pubkey\":\"\\ud800\"}}")]
    [InlineData("{\"contract_params\":null,\"funding_outpoint\":null}")]
    [InlineData("{\"funding_outpoint\":\"00:0\"}")]
    public void Odd_documents_are_refused_in_one_line(string json)
    {
        Assert.False(ContractParameters.TryParse(Encoding.UTF8.GetBytes(json), out _, out _));
        var derived = ContractDerivation.Derive(json);
        Assert.False(derived.IsDerived);
        Assert.DoesNotContain('\n', derived.Refusal!);
    }

    [Fact]
    public void Deep_nesting_and_bytes_that_are_not_text_are_refused()
    {
        Assert.False(ContractParameters.TryParse(Encoding.UTF8.GetBytes(new string('[', 100_000)), out _, out _));
        Assert.False(ContractParameters.TryParse(Encoding.UTF8.GetBytes("{\"x\":" + new string('[', 100_000)), out _, out _));
        Assert.False(ContractParameters.TryParse([(byte)'{', (byte)'"', 0xff, 0xfe, (byte)'"', (byte)':', (byte)'1', (byte)'}'], out _, out _));
        Assert.False(ContractParameters.TryParse([.. "{\"market_maker\":{\"pubkey\":\""u8, 0xc3, 0x28, .. "\"}}"u8], out _, out _));
    }
}
