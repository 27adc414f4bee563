using System.CommandLine;

namespace Coordinator.Cli.Operator;

/// <summary>The players' listener, for what everybody may read.</summary>
internal sealed class PublicAddress
{
    /// <summary>Names the players' listener where <c>--public</c> is left out.</summary>
    public const string Variable = "COORDINATOR_PUBLIC";

    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Option<string> _address = new("--public")
    {
        Description = $"address of the players' listener; {Variable} where left out, else http://127.0.0.1:9990",
        DefaultValueFactory = _ => OperatorCall.Of(Variable, "http://127.0.0.1:9990"),
    };

    public void AddTo(Command command) => command.Options.Add(_address);

    /// <exception cref="Processes.CommandFailedException">It is no address.</exception>
    public Uri Server(ParseResult parsed) => ServiceHttp.Address("--public", parsed.GetValue(_address)!);
}
