using System.Text.Json;

namespace Coordinator.Chart.Tests;

/// <summary>What the chart writes for the service is a configuration with which it starts.</summary>
public sealed class ConfigurationTests
{
    [Theory]
    [InlineData("default")]
    [InlineData("production")]
    public void The_rendered_configuration_has_no_complaint(string values) => Assert.Empty(ComplaintsOf(Configuration.TextOf(Rendering.Of(values), "coordinator")));

    [Theory]
    [InlineData("coordinator", "silo", "Orleans:Address=10.0.0.1")] // a silo's address comes from the pod's own environment
    [InlineData("coordinator-gateway", "gateway", "Network=regtest")]
    public void Both_processes_of_a_cluster_have_a_configuration_without_complaint(string map, string role, string fromOutside)
    {
        var text = Configuration.TextOf(Rendering.Of("clustered"), map);
        var cluster = JsonDocument.Parse(text).RootElement.GetProperty("Orleans");
        Assert.Equal(role, cluster.GetProperty("Role").GetString());
        Assert.Equal("/run/coordinator/secrets/connection-string", cluster.GetProperty("ConnectionStringFile").GetString());
        Assert.Empty(ComplaintsOf(text, "--engine", "Microsoft", "--set", fromOutside));
        Assert.Contains("embedded engine", Assert.Single(ComplaintsOf(text, "--engine", "Embedded", "--set", fromOutside)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_gateway_is_told_nothing_but_its_listeners()
        => Assert.Equal(["Gateway", "Network", "Orleans"], Configuration.Of("clustered", "coordinator-gateway").EnumerateObject().Select(section => section.Name).Order(StringComparer.Ordinal));

    [Fact]
    public void State_in_a_database_is_told_to_the_processes_with_grains_alone()
    {
        var storage = Configuration.Of("clustered", "coordinator").GetProperty("Storage");
        Assert.Equal("postgres", storage.GetProperty("Kind").GetString());
        Assert.Equal("/run/coordinator/secrets/storage-connection-string", storage.GetProperty("ConnectionStringFile").GetString());
        Assert.False(Configuration.Of("production", "coordinator").TryGetProperty("Storage", out _));
        Assert.Empty(ComplaintsOf(Configuration.TextOf(Rendering.With("default", "storage.kind=postgres", "replicas=2"), "coordinator")));
    }

    [Fact]
    public void A_node_as_chain_source_gets_its_password_as_a_file()
    {
        var documents = Rendering.With("default", "config.Chain.Source=bitcoind", "config.Chain.Address=http://node:8332", "config.Chain.User=coordinator");
        var text = Configuration.TextOf(documents, "coordinator");
        Assert.Contains("\"PasswordFile\": \"/run/coordinator/secrets/node.password\"", text, StringComparison.Ordinal);
        Assert.Empty(ComplaintsOf(text));
        var keys = documents.Single(document => document.Kind == "StatefulSet").Pod!.Value.List("volumes").SelectMany(volume => volume.List("projected.sources"))
            .SelectMany(source => source.List("secret.items")).Select(item => item.At("key").GetString());
        Assert.Contains("node.password", keys);
    }

    [Fact]
    public void A_key_that_the_service_does_not_know_is_complained_about_as_everywhere()
        => Assert.Contains("Cometitions", Assert.Single(ComplaintsOf(
            Configuration.TextOf(Rendering.With("default", "config.Cometitions.Signing=local"), "coordinator"))), StringComparison.Ordinal);

    [Fact]
    public void The_pods_change_when_the_configuration_does()
    {
        string Stamp(params string[] sets) => Rendering.With("default", sets).Single(document => document.Kind == "StatefulSet").Json
            .At("spec.template.metadata.annotations").GetProperty("coordinator/config").GetString()!;
        Assert.NotEqual(Stamp(), Stamp("config.Oracle.Address=http://another:9800"));
        Assert.Equal(Stamp(), Stamp("persistence.size=6Gi"));
    }

    [Fact]
    public void A_secret_made_by_the_chart_holds_every_file_and_nothing_is_invented()
    {
        var secret = Rendering.With(
            "default", "secrets.create=true",
            "secrets.values={operator.token: t, operator.crt: c, operator.key: k, coordinator_private_key.pem: p, lnd.cert: l, coordinator.macaroon: m}")
            .Single(document => document.Kind == "Secret");
        Assert.Equal(
            ["coordinator.macaroon", "coordinator_private_key.pem", "lnd.cert", "operator.crt", "operator.key", "operator.token"],
            secret.Json.At("stringData").EnumerateObject().Select(file => file.Name).Order(StringComparer.Ordinal));
        Assert.DoesNotContain(Rendering.Of("default"), document => document.Kind == "Secret");
        Assert.Contains("secrets.create needs secrets.values.", Rendering.RefusalOf("default", "secrets.create=true"), StringComparison.Ordinal);
    }

    private static string[] ComplaintsOf(string text, params string[] options)
    {
        var folder = Directory.CreateTempSubdirectory("coordinator-chart-").FullName;
        try
        {
            var file = Configuration.Unpack(text, folder);
            var (code, output, complaints) = Rendering.Run("dotnet", null, [Cli(), "config", "check", file, "--files", .. options]);
            Assert.Equal(complaints.Length == 0 ? 0 : 2, code);
            Assert.Equal(complaints.Length == 0, output.Trim() == $"{file}: good");
            return complaints.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Cli()
    {
        var own = new DirectoryInfo(AppContext.BaseDirectory);
        return Path.Combine(own.Parent!.Parent!.FullName, "Cli", own.Name, "Coordinator.Cli.dll");
    }
}
