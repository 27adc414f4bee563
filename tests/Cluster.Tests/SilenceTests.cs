using Coordinator.Bitcoin;
using Coordinator.Grains;
using static Coordinator.Cluster.Tests.Money;

namespace Coordinator.Cluster.Tests;

/// <summary>Log, spans and counters tell what happens and no secret, with everything switched on.</summary>
public sealed class SilenceTests
{
    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void A_whole_competition_told_in_full_tells_no_secret(bool throughKeymeld, bool escrow)
    {
        using var ears = new Ears();
        using var world = new World(910, throughKeymeld ? World.ThroughKeymeld : null, isTold: true);
        using var game = new Game(world, escrow: escrow);
        (game.Players[0].Takes, game.Players[1].Takes, game.Players[2].Takes) = (Taking.LightningAndKey, Taking.Lightning, Taking.OnChain);
        _ = Play(game);
        var told = $"{world.Log.Everything}\n{ears.Everything}";
        Assert.Empty(Secrets(game).In(told));

        // What is public is there, so that the search has looked at something.
        Assert.Contains(game.Id.ToString(), told, StringComparison.Ordinal);
        Assert.All(game.Players, player => Assert.Contains(player.Ticket!.PaymentHash, told, StringComparison.Ordinal));
        Assert.Contains(game.View.FundingOutpoint!.Split(':')[0], told, StringComparison.Ordinal);
        Assert.True(world.Secrets.Search.Count > 20, $"{world.Secrets.Search.Count} secrets");
    }

    [Fact]
    public void Everything_done_for_a_competition_is_one_trace_across_restarts()
    {
        using var ears = new Ears();
        using var world = new World(911, isTold: true);
        using var game = new Game(world);
        game.Create().Until("funding_broadcasted");
        world.Restart();
        game.Until("completed");
        var trace = CompetitionTrace.Of(game.Id).TraceId;
        var own = ears.Spans.Where(span => span.GetTagItem(CompetitionTrace.CompetitionKey) as string == game.Id.ToString()).ToList();
        Assert.All(own, span => Assert.Equal(trace, span.TraceId));
        foreach (var name in new[] { "effect issue_invoice", "effect broadcast_funding", "effect settle_invoice", "effect broadcast_outcome", "state funding_broadcasted", "state completed" })
        {
            Assert.True(own.Exists(span => span.DisplayName == name), $"{world}: no span {name}");
        }

        var sent = ears.Spans.Where(span => span.TraceId == trace && span.DisplayName == "broadcast").ToList();
        Assert.Contains(sent, span => span.GetTagItem(CompetitionTrace.TxidKey) as string == game.View.FundingOutpoint!.Split(':')[0]);
        Assert.All(game.Players, player => Assert.Contains(own, span => span.GetTagItem(CompetitionTrace.TicketKey) as string == player.Ticket!.TicketId.ToString()));

        // Effects call the wallet: its part is below the effect's.
        var effects = own.Where(span => span.DisplayName.StartsWith("effect ", StringComparison.Ordinal)).Select(span => span.SpanId).ToHashSet();
        Assert.Contains(ears.Spans, span => span.TraceId == trace && span.DisplayName.StartsWith("IWalletGrain/", StringComparison.Ordinal) && effects.Contains(span.ParentSpanId));
    }

    [Fact]
    public void A_secret_would_be_found_in_every_form()
    {
        var secret = Enumerable.Range(1, 32).Select(n => (byte)(n * 7)).ToArray();
        var search = new SecretSearch().Add("it", secret).Add("word", "a token of thirty-two characters");
        string[] forms =
        [
            $"x{Convert.ToHexStringLower(secret)}y", Convert.ToHexString(secret), Convert.ToHexStringLower([.. secret.Reverse()]), Convert.ToBase64String(secret),
            Convert.ToBase64String([.. secret, 9]), Bech32Text(secret), "Bearer a token of thirty-two characters",
        ];
        Assert.All(forms, form => Assert.Single(search.In(form)));
        Assert.Empty(search.In(Convert.ToHexStringLower(secret)[1..]));
    }

    private static string Bech32Text(byte[] secret) => Bech32.Encode("nsec", Bech32.ToValues(secret), Bech32Checksum.Bech32);

    private static SecretSearch Secrets(Game game)
    {
        var search = game.World.Secrets.Search;
        foreach (var player in game.Players)
        {
            search.Add($"{player.Name}'s identity", player.Nostr.ToBytes()).Add($"{player.Name}'s key", player.Key.ToBytes());
            search.Add($"{player.Name}'s invoice", player.Ticket!.PaymentRequest);
            if (player.TicketPreimage is { } preimage)
            {
                search.Add($"{player.Name}'s ticket preimage", preimage);
            }

            foreach (var sealedText in new[] { player.Entry!.EphemeralPrivatekeyEncrypted, player.Entry.PayoutPreimageEncrypted }.Where(text => text.Length >= 16))
            {
                search.Add($"what {player.Name} encrypted", sealedText);
            }
        }

        return search;
    }
}
