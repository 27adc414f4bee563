using System.Text;
using System.Text.Json;
using Coordinator.Bitcoin;
using Coordinator.Testing;

namespace Coordinator.Dlc.Tests;

public sealed class SigningSpecificationTests
{
    [Fact]
    public void The_session_of_the_specification_is_reproduced()
    {
        using var document = VectorFiles.ReadJson("dlctix", "dlctix-vectors-a.json");
        var known = document.RootElement;
        var dlc = TicketedDlc.CreateLegacy(
            ContractParameters.Parse(known.GetProperty("params_json_text").GetString()!),
            OutPoint.Parse(known.GetProperty("funding_outpoint").GetString()!));
        var items = SigningItems.Of(dlc);
        var signing = known.GetProperty("signing");
        using var coordinator = new CoordinatorRound(items, Key("mm"), Nonces(items.MarketMaker, "mm", out var own), own, null);
        CheckMap(signing.GetProperty("pubnonces").GetProperty("mm"), coordinator.OwnNonces);
        var players = new PlayerRound[items.PlayerKeys.Length];
        for (var i = 0; i < players.Length; i++)
        {
            players[i] = new PlayerRound(items.Player(i), Key($"player/{i}"), Nonces(items.Player(i), $"p{i}", out var table), table, null);
            CheckMap(signing.GetProperty("pubnonces").GetProperty($"p{i}"), players[i].Nonces);
            Assert.Null(coordinator.SubmitNonces(i, players[i].Nonces));
        }

        var aggregates = coordinator.Aggregate();
        CheckMap(signing.GetProperty("aggregated_nonces"), aggregates);
        CheckMap(signing.GetProperty("partial_signatures").GetProperty("mm"), coordinator.SignOwn());
        for (var i = 0; i < players.Length; i++)
        {
            var partials = players[i].Sign(aggregates);
            CheckMap(signing.GetProperty("partial_signatures").GetProperty($"p{i}"), partials);
            Assert.Null(coordinator.SubmitPartials(i, partials));
        }

        var signatures = Assert.IsType<RoundResult.Completed>(coordinator.TryComplete()).Signatures;
        Assert.Equal(known.GetProperty("pruned_p1_json_text").GetString(), SigningVector.Json(signatures.PrunedFor(items.Player(1)).ToJsonBytes()));
        Assert.Equal(known.GetProperty("signed_contract_json_text").GetString(), SigningVector.Json(new SignedContract(dlc, signatures).ToJsonBytes()));
    }

    [Fact]
    public void Work_on_several_cores_fails_as_on_one()
    {
        foreach (var runner in new[] { RangeRunners.Sequential, Cores.UpTo(2), Cores.All })
        {
            Assert.Throws<SigningException>(() => runner(1_000, (_, _) => throw new SigningException("refused")));
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => Cores.UpTo(0));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(64)]
    [InlineData(1_000)]
    public void Every_core_count_covers_every_index_once(int count)
    {
        foreach (var degree in new[] { 1, 2, 3 })
        {
            var seen = new int[count];
            Cores.UpTo(degree)(count, (from, to) =>
            {
                for (var i = from; i < to; i++)
                {
                    Interlocked.Increment(ref seen[i]);
                }
            });
            Assert.All(seen, times => Assert.Equal(1, times));
        }
    }

    private static SecretKey Key(string who) => SecretKey.From(Hashes.Sha256(Encoding.UTF8.GetBytes($"dlctix-spec/{who}")));

    private static SecretNonceSet Nonces(SignerItems items, string who, out NonceTable nonces) => SecretNonceSet.FromSeeds(
        who == "mm" ? Key(who) : Key($"player/{who[1..]}"),
        [.. Enumerable.Range(0, items.Count).Select(n => Hashes.Sha256(Encoding.UTF8.GetBytes($"dlctix-spec/nonce/{who}/{n}")))],
        out nonces);

    private static void CheckMap<T>(JsonElement known, SigMap<T> map)
        where T : class, IWireBytes<T>
        => Assert.Equal(
            SigningVector.Json(SigMap<T>.Parse(map.Shape, Encoding.UTF8.GetBytes(known.GetRawText())).ToJsonBytes()),
            SigningVector.Json(map.ToJsonBytes()));
}
