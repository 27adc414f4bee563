namespace Coordinator.Players.Play;

/// <summary>A player who closes the page after the entry and asks the coordinator nothing more until its share may be due: it comes back when
/// the oracle has spoken, or the event has expired on the chain.</summary>
internal sealed class AwayPart(PlayerContext player)
{
    public async Task RunAsync(CancellationToken cancellation)
    {
        if (player.Number >= player.Options.Away || player.Record.Contract is not null)
        {
            return;
        }

        player.Say("away");
        var expiry = player.Record.Terms!.SigningDate.ToUnixTimeSeconds() + 86_400;
        while (!await player.Oracle.HasAttestedAsync(player.Competition, cancellation) && await player.Chain.MedianTimeAsync(cancellation) <= expiry)
        {
            await player.BreatheAsync(cancellation);
        }

        player.Say("back");
    }
}
