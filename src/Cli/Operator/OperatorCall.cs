using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Coordinator.Cli.Processes;

namespace Coordinator.Cli.Operator;

/// <summary>How the operator's commands reach the service: its operators' listener, with the token of a file.</summary>
internal sealed class OperatorCall
{
    /// <summary>Names the operators' listener where <c>--operator</c> is left out.</summary>
    public const string OperatorVariable = "COORDINATOR_OPERATOR";

    /// <summary>Names the token's file where <c>--token-file</c> is left out.</summary>
    public const string TokenFileVariable = "COORDINATOR_TOKEN_FILE";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Option<string> _address = new("--operator")
    {
        Description = $"address of the operators' listener; {OperatorVariable} where left out, else http://127.0.0.1:9991",
        DefaultValueFactory = _ => Of(OperatorVariable, "http://127.0.0.1:9991"),
    };

    private readonly Option<string> _token = new("--token-file")
    {
        Description = $"file with the operator's token, readable by its owner only; {TokenFileVariable} where left out, else operator.token",
        DefaultValueFactory = _ => Of(TokenFileVariable, "operator.token"),
    };

    /// <summary>Prints the service's own JSON instead of a table.</summary>
    public Option<bool> Json { get; } = new("--json") { Description = "the service's own JSON" };

    public void AddTo(Command command)
    {
        AddPlacesTo(command);
        command.Options.Add(Json);
    }

    /// <summary>Without <c>--json</c>.</summary>
    public void AddPlacesTo(Command command)
    {
        command.Options.Add(_address);
        command.Options.Add(_token);
    }

    /// <exception cref="CommandFailedException">The service refused or does not answer; with its own words.</exception>
    public async Task<JsonElement> SendAsync(ParseResult parsed, HttpMethod method, string path, JsonNode? body, CancellationToken cancellation)
        => (await ServiceHttp.SendAsync(Server(parsed), method, path, body, Token(parsed), Patience, cancellation)).OrRefuse();

    /// <summary>The operators' listener.</summary>
    /// <exception cref="CommandFailedException">It is no address.</exception>
    public Uri Server(ParseResult parsed) => ServiceHttp.Address("--operator", parsed.GetValue(_address)!);

    /// <summary>The token of the named file. A file that others may read is refused: the token in it must be taken for known.</summary>
    /// <exception cref="CommandFailedException">There is no such file, it cannot be read, or others may read it.</exception>
    public string Token(ParseResult parsed) => OptionSecret.Read("--token-file", parsed.GetValue(_token)!);

    internal static string Of(string variable, string otherwise)
        => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value ? value : otherwise;
}
