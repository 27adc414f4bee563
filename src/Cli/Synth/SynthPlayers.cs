using System.Globalization;
using Coordinator.Bitcoin;

namespace Coordinator.Cli.Synth;

/// <summary>The players' process of a run.</summary>
internal static class SynthPlayers
{
    private const string Breath = "500";

    /// <summary>Its arguments. Keys come from the seed's file and are in none of them.</summary>
    public static IEnumerable<string> Arguments(SynthOptions options, SynthFolder folder, SynthPlan plan)
    {
        var places = options.Places;
        return
        [
            "--data", folder.PlayersOf(plan.Id), "--public", places.Public.ToString(), "--chain", places.Chain.ToString(), "--oracle", places.Oracle.ToString(),
            "--competition", plan.Id.ToString(), "--players", plan.Users.ToString(CultureInfo.InvariantCulture), "--seed", "0", "--seed-file", folder.SeedFile,
            "--network", places.Network.Name(), "--payout", options.Payout.ToString(), "--register", "true", "--breath", Breath, "--enclaves", places.Enclaves,
            "--lnd-address", places.Lnd.Address.ToString(), "--lnd-cert", places.Lnd.Certificate, "--lnd-macaroon", places.Lnd.Macaroon,
            .. options.ClaimTo is { } address ? new[] { "--claim-to", address } : [],
            .. places.ChainCookie is { } cookie ? new[] { "--chain-cookie", cookie } : [],
        ];
    }
}
