namespace Coordinator.Chart.Tests;

/// <summary>Who reaches what: players the public listener, named others the rest, nobody anything by accident.</summary>
public sealed class ExposureTests
{
    public static TheoryData<string> Values => Rendering.Values;

    [Theory, MemberData(nameof(Values))]
    public void There_is_a_service_for_each_listener(string values)
    {
        foreach (var listener in new[] { "public", "operator", "metrics" })
        {
            var service = Assert.Single(Rendering.Of(values), document => document.Kind == "Service" && document.Name == $"coordinator-{listener}");
            var port = Assert.Single(service.Json.List("spec.ports"));
            Assert.Equal(listener, port.At("targetPort").GetString());
        }
    }

    [Theory, MemberData(nameof(Values))]
    public void Every_selector_finds_pods_whose_containers_have_the_ports_it_names(string values)
    {
        var pods = Rendering.Of(values).Where(document => document.Pod is not null).ToArray();
        foreach (var service in Rendering.Of(values).Where(document => document.Kind == "Service"))
        {
            var found = pods.Where(pod => Covers(pod.Json.Labels("spec.template.metadata.labels"), service.Json.Labels("spec.selector"))).ToArray();
            Assert.NotEmpty(found);
            var ports = found.SelectMany(pod => pod.Pod!.Value.List("containers")).SelectMany(container => container.List("ports")).Select(port => port.At("name").GetString()).ToHashSet();
            Assert.All(service.Json.List("spec.ports"), port => Assert.Contains(port.At("targetPort").GetString(), ports));
        }

        Assert.All(pods, pod => Assert.True(Covers(pod.Json.Labels("spec.template.metadata.labels"), pod.Json.Labels("spec.selector.matchLabels")), pod.ToString()));
    }

    [Fact]
    public void Only_the_public_service_is_behind_the_ingress()
    {
        foreach (var values in new[] { "production", "clustered" })
        {
            var ingress = Assert.Single(Rendering.Of(values), document => document.Kind == "Ingress");
            var backends = ingress.Json.List("spec.rules").SelectMany(rule => rule.List("http.paths")).Select(path => path.At("backend.service.name").GetString()!).ToArray();
            Assert.Equal(["coordinator-public"], backends.Distinct());
            var origins = Configuration.Of(values, "coordinator").At("Gateway").List("Origins").Select(origin => new Uri(origin.GetString()!).Host);
            Assert.All(ingress.Json.List("spec.rules"), rule => Assert.Contains(rule.At("host").GetString(), origins));
        }

        Assert.DoesNotContain(Rendering.Of("default"), document => document.Kind == "Ingress");
    }

    [Theory, MemberData(nameof(Values))]
    public void Nothing_but_the_public_listener_is_open_to_everybody(string values)
    {
        var policy = Assert.Single(Rendering.Of(values), document => document.Kind == "NetworkPolicy");
        foreach (var rule in policy.Json.List("spec.ingress"))
        {
            var ports = rule.List("ports").Select(port => port.At("port").ToString()).ToArray();
            Assert.NotEmpty(ports);
            Assert.True(ports is ["public"] || rule.List("from").Any(), $"{string.Join(',', ports)} is open to everybody");
        }

        Assert.All(
            Rendering.Of(values).Where(document => document.Pod is not null),
            pod => Assert.True(Covers(pod.Json.Labels("spec.template.metadata.labels"), policy.Json.Labels("spec.podSelector.matchLabels"))));
    }

    [Fact]
    public void The_operators_listener_is_closed_where_nobody_is_named()
    {
        Assert.DoesNotContain("operator", Opened(Rendering.Of("default")));
        Assert.Contains("operator", Opened(Rendering.Of("production")));
        Assert.DoesNotContain("metrics", Opened(Rendering.With("default", "networkPolicy.metricsFrom=[]")));
    }

    [Fact]
    public void Calls_out_are_named_where_the_operator_names_them_and_dns_stays_open()
    {
        var policy = Rendering.With("clustered", "networkPolicy.egress=[{ports: [{protocol: TCP, port: 443}]}]").Single(document => document.Kind == "NetworkPolicy");
        Assert.Equal(["Ingress", "Egress"], policy.Json.List("spec.policyTypes").Select(kind => kind.GetString()));
        var ports = policy.Json.List("spec.egress").SelectMany(rule => rule.List("ports")).Select(port => port.At("port").GetInt32()).ToArray();
        Assert.Equal([53, 53, 11111, 30000, 443], ports);
        Assert.Equal(["Ingress"], Rendering.Of("default").Single(document => document.Kind == "NetworkPolicy").Json.List("spec.policyTypes").Select(kind => kind.GetString()));
    }

    [Fact]
    public void Scrapers_find_every_process_and_the_alerts_are_those_of_the_file()
    {
        var monitor = Assert.Single(Rendering.Of("production"), document => document.Kind == "ServiceMonitor");
        var service = Assert.Single(
            Rendering.Of("production"),
            document => document.Kind == "Service" && Covers(document.Json.Labels("metadata.labels"), monitor.Json.Labels("spec.selector.matchLabels")));
        Assert.Equal("coordinator-metrics", service.Name);
        var rules = Assert.Single(Rendering.Of("production"), document => document.Kind == "PrometheusRule");
        var alerts = rules.Json.List("spec.groups").SelectMany(group => group.List("rules")).Select(rule => rule.At("alert").GetString()!).ToArray();
        var lines = File.ReadAllLines(Path.Combine(Rendering.Folder, "files", "alerts.yaml")).Count(line => line.TrimStart().TrimStart('-').TrimStart().StartsWith("alert:", StringComparison.Ordinal));
        Assert.Equal(lines, alerts.Length);
        Assert.NotEmpty(alerts);
    }

    private static bool Covers(Dictionary<string, string> labels, Dictionary<string, string> selector)
        => selector.Count > 0 && selector.All(wanted => labels.GetValueOrDefault(wanted.Key) == wanted.Value);

    private static string[] Opened(IReadOnlyList<Document> documents) => [.. documents.Single(document => document.Kind == "NetworkPolicy").Json
        .List("spec.ingress").SelectMany(rule => rule.List("ports")).Select(port => port.At("port").ToString())];
}
