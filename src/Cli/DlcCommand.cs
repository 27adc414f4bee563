using System.CommandLine;
using Coordinator.Dlc;

namespace Coordinator.Cli;

/// <summary><c>dlc derive</c>: what an auditor needs to check a contract without trusting its maker (D35).</summary>
internal static class DlcCommand
{
    public static Command Create()
    {
        var derive = new Command("derive", "reads {\"contract_params\",\"funding_outpoint\"} on standard input and prints txids and sighashes");
        derive.SetAction(async (_, cancellation) =>
        {
            using var input = new MemoryStream();
            await using (var standard = Console.OpenStandardInput())
            {
                await standard.CopyToAsync(input, cancellation);
            }

            var derived = ContractDerivation.Derive(input.ToArray(), Cores.All);
            if (derived.Warning is { } warning)
            {
                await Console.Error.WriteLineAsync(warning);
            }

            if (!derived.IsDerived)
            {
                await Console.Error.WriteLineAsync(derived.Refusal);
                return 2;
            }

            await Console.Out.WriteLineAsync(derived.Json);
            return 0;
        });
        return new Command("dlc", "contracts") { derive };
    }
}
