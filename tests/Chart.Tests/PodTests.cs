using System.Text.Json;

namespace Coordinator.Chart.Tests;

/// <summary>How the processes run: without rights, with everything they name, and with their secrets readable by themselves alone.</summary>
public sealed class PodTests
{
    public static TheoryData<string> Values => Rendering.Values;

    [Theory, MemberData(nameof(Values))]
    public void Every_container_is_nobody_and_cannot_write_its_image(string values)
    {
        foreach (var (pod, container) in Containers(values))
        {
            var security = container.At("securityContext");
            Assert.True(security.At("runAsNonRoot").GetBoolean(), pod);
            Assert.True(security.At("runAsUser").GetInt32() > 0, pod);
            Assert.True(security.At("readOnlyRootFilesystem").GetBoolean(), pod);
            Assert.False(security.At("allowPrivilegeEscalation").GetBoolean(), pod);
            Assert.Equal(["ALL"], security.List("capabilities.drop").Select(drop => drop.GetString()));
            Assert.Null(security.Find("capabilities.add"));
            Assert.Equal("RuntimeDefault", security.At("seccompProfile.type").GetString());
            Assert.NotNull(container.Find("resources.limits.memory"));
        }
    }

    [Theory, MemberData(nameof(Values))]
    public void No_pod_is_given_a_token_of_the_cluster(string values)
    {
        foreach (var document in Rendering.Of(values))
        {
            if (document.Pod is { } pod)
            {
                Assert.False(pod.At("automountServiceAccountToken").GetBoolean());
                Assert.Contains(Rendering.Of(values), other => other.Kind == "ServiceAccount" && other.Name == pod.At("serviceAccountName").GetString());
            }
            else if (document.Kind == "ServiceAccount")
            {
                Assert.False(document.Json.At("automountServiceAccountToken").GetBoolean());
            }
        }
    }

    [Theory, MemberData(nameof(Values))]
    public void Every_image_has_a_version_and_none_is_named_latest(string values)
        => Assert.All(Containers(values), found =>
        {
            var image = found.Container.At("image").GetString()!;
            var last = image[(image.LastIndexOf('/') + 1)..];
            Assert.True(last.Contains(':', StringComparison.Ordinal) && !last.EndsWith(":latest", StringComparison.Ordinal) && !last.EndsWith(':'), image);
        });

    [Theory, MemberData(nameof(Values))]
    public void Every_mount_has_its_volume_and_every_volume_its_source(string values)
    {
        var all = Rendering.Of(values);
        foreach (var document in all.Where(document => document.Pod is not null))
        {
            var pod = document.Pod!.Value;
            var volumes = pod.List("volumes").ToDictionary(volume => volume.At("name").GetString()!, StringComparer.Ordinal);
            var own = document.Json.List("spec.volumeClaimTemplates").Select(claim => claim.At("metadata.name").GetString()!); // one for each pod
            var mounted = ContainersOf(pod).SelectMany(container => container.List("volumeMounts")).Select(mount => mount.At("name").GetString()!).ToHashSet();
            Assert.Equal(volumes.Keys.Concat(own).Order(StringComparer.Ordinal), mounted.Order(StringComparer.Ordinal));
            foreach (var volume in volumes.Values)
            {
                AssertSource(all, document, volume);
            }
        }
    }

    [Theory, MemberData(nameof(Values))]
    public void Probes_ask_the_health_route_of_the_listener_that_has_it(string values)
    {
        foreach (var container in Services(values))
        {
            var hasGrains = container.Find("livenessProbe.httpGet") is not null;
            Assert.Equal("/api/v1/health_check", container.At("readinessProbe.httpGet.path").GetString());
            Assert.Equal($"/api/v1/health_check{(hasGrains ? "?alive" : "")}", container.At("startupProbe.httpGet.path").GetString());
            Assert.Equal(hasGrains ? "/api/v1/health_check?alive" : null, container.Find("livenessProbe.httpGet.path")?.GetString());
            Assert.All(new[] { "startupProbe", "readinessProbe" }, probe => Assert.Equal("public", container.At($"{probe}.httpGet.port").GetString()));

            Assert.Equal("public", (container.Find("livenessProbe.httpGet.port") ?? container.At("livenessProbe.tcpSocket.port")).GetString());
            Assert.Contains(container.List("ports"), port => port.At("name").GetString() == "public");
        }
    }

    [Theory, MemberData(nameof(Values))]
    public void Secrets_reach_the_service_only_as_copies_for_its_own_user(string values)
    {
        foreach (var document in Rendering.Of(values).Where(document => document.Pod is not null))
        {
            var pod = document.Pod!.Value;
            var given = pod.List("volumes").Where(volume => volume.Find("secret") is not null || volume.Find("projected") is not null)
                .Select(volume => volume.At("name").GetString()!).ToArray();
            Assert.Equal(["given"], given);
            Assert.DoesNotContain(pod.List("containers"), container => Mounts(container).Contains("given"));
            Assert.Equal("Memory", Volume(pod, "secrets").At("emptyDir.medium").GetString());
            Assert.Equal(256, Volume(pod, "given").At("projected.defaultMode").GetInt32()); // 0400
            var first = pod.List("initContainers").First();
            Assert.Equal("secrets", first.At("name").GetString());
            Assert.Contains("install -m 0400", first.List("args").Single().GetString(), StringComparison.Ordinal);
            Assert.Equal("OnRootMismatch", pod.At("securityContext.fsGroupChangePolicy").GetString());
        }
    }

    [Fact]
    public void What_only_answers_players_is_given_no_key_of_money_and_no_volume_of_data()
    {
        var pod = Rendering.Of("clustered").Single(document => document.Kind == "Deployment").Pod!.Value;
        var keys = Volume(pod, "given").At("projected").List("sources").SelectMany(source => source.List("secret.items")).Select(item => item.At("key").GetString()!).ToArray();
        Assert.Equal(["operator.token", "operator.crt", "operator.key", "connection-string"], keys);
        Assert.DoesNotContain(pod.List("volumes"), volume => volume.Find("persistentVolumeClaim") is not null);
    }

    [Theory]
    [InlineData("default")]
    [InlineData("production")]
    public void There_is_one_process_with_grains_and_never_two_at_once(string values)
    {
        var silo = Assert.Single(Rendering.Of(values), document => document.Kind == "StatefulSet");
        Assert.Equal(1, silo.Json.At("spec.replicas").GetInt32());
        Assert.Equal("OrderedReady", silo.Json.At("spec.podManagementPolicy").GetString());
        Assert.Contains(Rendering.Of(values), document => document.Kind == "Service" && document.Name == silo.Json.At("spec.serviceName").GetString());
    }

    [Fact]
    public void Processes_that_share_a_database_begin_at_once_and_change_only_when_they_are_deleted()
    {
        foreach (var documents in new[] { Rendering.Of("clustered"), Rendering.With("default", "storage.kind=postgres", "replicas=2") })
        {
            var silo = Assert.Single(documents, document => document.Kind == "StatefulSet");
            Assert.Equal(2, silo.Json.At("spec.replicas").GetInt32());
            Assert.Equal(("Parallel", "OnDelete"), (silo.Json.At("spec.podManagementPolicy").GetString(), silo.Json.At("spec.updateStrategy.type").GetString()));
            Assert.Equal(["generation"], silo.Json.List("spec.volumeClaimTemplates").Select(claim => claim.At("metadata.name").GetString()));
            Assert.NotNull(Volume(silo.Pod!.Value, "data").Find("emptyDir"));
            Assert.NotNull(silo.Pod!.Value.Find("affinity.podAntiAffinity"));
            Assert.DoesNotContain(documents, document => document.Kind == "PersistentVolumeClaim");
            var given = Volume(silo.Pod!.Value, "given").At("projected").List("sources").SelectMany(source => source.List("secret.items")).Select(item => item.At("path").GetString());
            Assert.Contains("storage-connection-string", given);
        }
    }

    [Fact]
    public void Several_processes_answer_players_of_a_cluster()
    {
        var gateways = Assert.Single(Rendering.Of("clustered"), document => document.Kind == "Deployment");
        Assert.Equal(3, gateways.Json.At("spec.replicas").GetInt32());
        Assert.Equal(0, gateways.Json.At("spec.strategy.rollingUpdate.maxUnavailable").GetInt32());
        Assert.DoesNotContain(Rendering.Of("production"), document => document.Kind == "Deployment");
        var silo = Services("clustered").First(container => container.List("ports").Any(port => port.At("name").GetString() == "silo"));
        Assert.Contains(silo.List("env"), variable => variable.Find("valueFrom.fieldRef.fieldPath")?.GetString() == "status.podIP");
    }

    [Fact]
    public void A_database_is_restored_before_the_service_starts_and_replicated_until_it_has_ended()
    {
        var pod = Rendering.Of("production").Single(document => document.Kind == "StatefulSet").Pod!.Value;
        var order = pod.List("initContainers").Select(container => container.At("name").GetString()!).ToArray();
        Assert.Equal(["secrets", "expect-restore", "restore-competitions", "restore-users", "restore-bitcoin", "judge-restore", "litestream"], order);
        foreach (var restore in pod.List("initContainers").Where(container => container.At("name").GetString()!.StartsWith("restore-", StringComparison.Ordinal)))
        {
            var words = restore.List("args").Select(word => word.GetString()).ToArray();
            Assert.Contains("-if-db-not-exists", words);
            Assert.Contains("-if-replica-exists", words);
            Assert.DoesNotContain("generation", Mounts(restore));
        }

        var sidecar = pod.List("initContainers").Last();
        Assert.Equal("Always", sidecar.At("restartPolicy").GetString());
        Assert.DoesNotContain("generation", Mounts(sidecar));
        Assert.DoesNotContain("secrets", Mounts(sidecar));
        Assert.DoesNotContain(Rendering.Of("default"), document => document.Name.Contains("litestream", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("", "competitions.db", "competitions.db restored-from-backup")]
    [InlineData("", "", "")]
    [InlineData("competitions.db", "", "competitions.db")]
    [InlineData("restored-from-backup", "competitions.db", "competitions.db restored-from-backup")]
    [InlineData("competitions.db restored-from-backup", "", "competitions.db restored-from-backup")]
    public void What_an_init_container_restored_is_marked_as_restored(string before, string restored, string after)
    {
        var folder = Directory.CreateTempSubdirectory("chart-restore-").FullName;
        try
        {
            void Put(string names) => names.Split(' ', StringSplitOptions.RemoveEmptyEntries).ToList().ForEach(name => File.WriteAllText(Path.Combine(folder, name), ""));
            var steps = Rendering.Of("production").Single(document => document.Kind == "StatefulSet").Pod!.Value.List("initContainers").ToList();
            Put(before);
            Run(steps.Single(step => step.At("name").GetString() == "expect-restore"), folder);
            Put(restored);
            Run(steps.Single(step => step.At("name").GetString() == "judge-restore"), folder);
            Assert.Equal(after, string.Join(' ', Directory.GetFiles(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal)));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Runs what the step says, on another folder than the pod's.</summary>
    private static void Run(JsonElement step, string folder)
    {
        string[] words = [.. step.List("command").Concat(step.List("args")).Select(word => word.GetString()!.Replace("/var/lib/coordinator", folder, StringComparison.Ordinal))];
        using var process = System.Diagnostics.Process.Start(words[0], words[1..]);
        Assert.True(process.WaitForExit(TimeSpan.FromSeconds(20)), "the step does not end");
        Assert.Equal(0, process.ExitCode);
    }

    private static void AssertSource(IReadOnlyList<Document> all, Document document, JsonElement volume)
    {
        if (volume.Find("configMap.name") is { } map)
        {
            Assert.Contains(all, other => other.Kind == "ConfigMap" && other.Name == map.GetString());
        }
        else if (volume.Find("persistentVolumeClaim.claimName") is { } claim)
        {
            Assert.Contains(all, other => other.Kind == "PersistentVolumeClaim" && other.Name == claim.GetString());
        }
        else
        {
            Assert.True(volume.Find("emptyDir") is not null || volume.List("projected.sources").All(source => source.Find("secret.name") is not null), $"{document}: {volume}");
        }
    }

    private static JsonElement Volume(JsonElement pod, string name) => pod.List("volumes").Single(volume => volume.At("name").GetString() == name);

    private static string[] Mounts(JsonElement container) => [.. container.List("volumeMounts").Select(mount => mount.At("name").GetString()!)];

    private static IEnumerable<JsonElement> ContainersOf(JsonElement pod) => pod.List("initContainers").Concat(pod.List("containers"));

    private static IEnumerable<(string Pod, JsonElement Container)> Containers(string values)
        => from document in Rendering.Of(values)
           where document.Pod is not null
           from container in ContainersOf(document.Pod!.Value)
           select (document.ToString(), container);

    private static IEnumerable<JsonElement> Services(string values)
        => Containers(values).Select(found => found.Container).Where(container => container.At("name").GetString() == "coordinator");
}
