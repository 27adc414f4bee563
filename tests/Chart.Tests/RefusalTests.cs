namespace Coordinator.Chart.Tests;

/// <summary>What must not be deployed is refused by name, before anything exists.</summary>
public sealed class RefusalTests
{
    [Theory]
    [InlineData("default", "replicas=2", "could pay twice")]
    [InlineData("clustered", "storage.kind=sqlite", "could pay twice")]
    [InlineData("clustered", "litestream.enabled=true", "litestream.enabled is for storage.kind sqlite")]
    [InlineData("production", "storage.kind=postgres", "litestream.enabled is for storage.kind sqlite")]
    [InlineData("clustered", "persistence.existingClaim=mine", "every process has a mark of its own")]
    [InlineData("clustered", "generation.existingClaim=mine", "every process has a mark of its own")]
    [InlineData("clustered", "storage.database.secret=coordinator-postgres", "storage.database is cluster.database")]
    [InlineData("default", "config.Storage.Kind=postgres", "config.Storage is the chart's own")]
    [InlineData("default", "replicas=0", "replicas is 0")]
    [InlineData("default", "image.tag=latest", "never latest")]
    [InlineData("default", "litestream.image.tag=latest", "never latest")]
    [InlineData("default", "litestream.enabled=true", "litestream.enabled needs litestream.bucket")]
    [InlineData("default", "ingress.enabled=true", "ingress.enabled needs ingress.hosts")]
    [InlineData("default", "config.Chain.Source=bitcoind", "set config.Chain.User")]
    [InlineData("default", "config.Gateway.OperatorPort=9999", "config.Gateway.OperatorPort is the chart's own")]
    [InlineData("default", "config.Data.Directory=elsewhere", "config.Data is the chart's own")]
    [InlineData("default", "config.Orleans.Clustering=localhost", "config.Orleans is the chart's own")]
    [InlineData("default", "config.Lightning.MacaroonPath=elsewhere", "config.Lightning.MacaroonPath is the chart's own")]
    public void Is_refused_with_its_reason(string values, string set, string reason)
        => Assert.Contains(reason, Rendering.RefusalOf(values, set), StringComparison.Ordinal);

    [Theory]
    [InlineData("replica=2", "Additional property replica is not allowed")]
    [InlineData("ingress.host=a.example", "ingress: Additional property host is not allowed")]
    [InlineData("storage.kind=mysql", "storage.kind: must be one of the following")]
    [InlineData("engine=other", "engine: must be one of the following")]
    [InlineData("public.port=80", "public.port: Must be greater than or equal to 1024")]
    [InlineData("replicas=many", "replicas: Invalid type")]
    [InlineData("litestream.retention=forever", "litestream.retention: Does not match pattern")]
    public void A_value_that_the_chart_does_not_know_is_refused_with_its_path(string set, string complaint)
        => Assert.Contains(complaint, Rendering.RefusalOf("default", set), StringComparison.Ordinal);

    [Fact]
    public void A_template_that_makes_no_yaml_or_a_doubled_key_is_an_error()
    {
        foreach (var text in new[] { "a: [", "a: 1\na: 2" })
        {
            var (code, output, complaint) = Rendering.Run("bash", $"---\n{text}\n", ["coordinator", "chart", "--documents"]);
            Assert.True(code != 0, $"{text} was read as {output}");
            Assert.NotEmpty(complaint);
        }
    }
}
