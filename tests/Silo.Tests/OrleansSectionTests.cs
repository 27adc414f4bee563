namespace Coordinator.Silo.Tests;

/// <summary>Keys of a cluster: every wrong one is named, and a build that has no clusters refuses them all.</summary>
public sealed class OrleansSectionTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void A_configuration_that_says_nothing_of_clusters_fits_either_engine()
    {
        Assert.Empty(new OrleansSection().Complaints(hasClusters: false));
        Assert.Empty(new OrleansSection().Complaints(hasClusters: true));
    }

    [Fact]
    public void The_embedded_engine_refuses_every_key_of_a_cluster_and_says_how_to_build_for_one()
    {
        var complaint = Assert.Single(new OrleansSection
        {
            Role = "gateway",
            Clustering = "postgres",
            ClusterId = "other",
            ServiceId = "another",
            SiloPort = 1,
            GatewayPort = 2,
            Address = "10.0.0.1",
            ConnectionStringFile = _file,
        }.Complaints(hasClusters: false));
        Assert.All(
            ["Role", "Clustering", "ClusterId", "ServiceId", "SiloPort", "GatewayPort", "Address", "ConnectionStringFile"],
            key => Assert.Contains($"Orleans:{key}", complaint, StringComparison.Ordinal));
        Assert.Contains("-p:OrleansEngine=Microsoft", complaint, StringComparison.Ordinal);
    }

    [Fact]
    public void A_silo_and_a_gateway_of_a_cluster_are_taken()
    {
        Assert.Empty(Cluster().Complaints(hasClusters: true));
        var gateway = Cluster();
        (gateway.Role, gateway.Address) = ("gateway", null);
        Assert.Empty(gateway.Complaints(hasClusters: true));
    }

    [Theory]
    [InlineData("Role", "Orleans:Role is 'x'")]
    [InlineData("Clustering", "Orleans:Clustering is 'x'")]
    [InlineData("ClusterId", "Orleans:ClusterId is 'a b'")]
    [InlineData("SiloPort", "Orleans:SiloPort is 0")]
    [InlineData("GatewayPort", "both 11111")]
    [InlineData("Address", "Orleans:Address is 'somewhere'")]
    [InlineData("NoAddress", "Orleans:Address is missing")]
    [InlineData("NoFile", "Orleans:ConnectionStringFile is ''")]
    [InlineData("LostFile", "there is no such file")]
    public void What_does_not_fit_is_named(string what, string complaint)
    {
        var section = Cluster();
        _ = what switch
        {
            "Role" => section.Role = "x",
            "Clustering" => section.Clustering = "x",
            "ClusterId" => section.ClusterId = "a b",
            "SiloPort" => (section.SiloPort = 0).ToString(System.Globalization.CultureInfo.InvariantCulture),
            "GatewayPort" => (section.GatewayPort = 11_111).ToString(System.Globalization.CultureInfo.InvariantCulture),
            "Address" => section.Address = "somewhere",
            "NoAddress" => section.Address = null,
            "NoFile" => section.ConnectionStringFile = null,
            _ => section.ConnectionStringFile = _file + ".gone",
        };
        Assert.Contains(section.Complaints(hasClusters: true).Concat(section.FileComplaints()), said => said.Contains(complaint, StringComparison.Ordinal));
    }

    [Fact]
    public void A_gateway_needs_nothing_of_money_in_its_configuration()
    {
        var complaints = new SiloOptions { Orleans = { Role = "gateway" } }.Complaints().ToArray();
        Assert.DoesNotContain(complaints, complaint => complaint.StartsWith("Lightning", StringComparison.Ordinal) || complaint.StartsWith("Oracle", StringComparison.Ordinal));
        Assert.Contains(complaints, complaint => complaint.Contains("Orleans:Role must keep", StringComparison.Ordinal)); // this build has no clusters
    }

    private OrleansSection Cluster() => new() { Clustering = "postgres", Address = "10.0.0.1", ConnectionStringFile = _file };
}
