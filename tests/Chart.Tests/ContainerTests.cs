using System.Xml.Linq;

namespace Coordinator.Chart.Tests;

/// <summary>What the container file says fits the repository, the configuration and the chart. Building it needs an engine; what can be known without one is here.</summary>
public sealed class ContainerTests
{
    [Fact]
    public void Everything_that_is_copied_exists_and_is_not_ignored()
    {
        var allowed = File.ReadAllLines(Path.Combine(Rendering.Root, ".dockerignore")).Where(line => line.StartsWith('!')).Select(line => line[1..]).ToHashSet();
        Assert.NotEmpty(ContainerFile.Copied());
        Assert.All(ContainerFile.Copied(), path =>
        {
            Assert.True(Path.Exists(Path.Combine(Rendering.Root, path)), $"{path} does not exist");
            Assert.Contains(path.Split('/')[0], allowed);
        });
        Assert.All(allowed, path => Assert.Contains(ContainerFile.Copied(), copied => copied.Split('/')[0] == path));
    }

    [Fact]
    public void What_the_programs_are_made_of_is_among_what_is_copied()
    {
        var waiting = new Queue<string>(["src/Silo/Silo.csproj", "src/Cli/Cli.csproj", "src/Orleans.Embedded/Orleans.Embedded.csproj"]);
        var seen = new HashSet<string>();
        while (waiting.TryDequeue(out var project))
        {
            if (!seen.Add(project))
            {
                continue;
            }

            Assert.StartsWith("src/", project, StringComparison.Ordinal);
            Assert.True(File.Exists(Path.Combine(Rendering.Root, Path.GetDirectoryName(project)!, "packages.Embedded.lock.json")), $"{project} has no lock file, and the restore is a locked one");
            foreach (var reference in XDocument.Load(Path.Combine(Rendering.Root, project)).Descendants("ProjectReference"))
            {
                waiting.Enqueue(Path.GetRelativePath(Rendering.Root, Path.GetFullPath(Path.Combine(Rendering.Root, Path.GetDirectoryName(project)!, (string)reference.Attribute("Include")!))));
            }
        }

        Assert.True(seen.Count > 10, "the references were not followed");
        Assert.Contains(ContainerFile.All("RUN"), run => run.Contains("--locked-mode", StringComparison.Ordinal));
    }

    [Fact]
    public void It_runs_as_a_number_that_is_not_root_and_is_the_chart_s_own()
    {
        var user = Assert.Single(ContainerFile.Final("USER")).Split(':').Select(int.Parse).ToArray();
        Assert.All(user, number => Assert.True(number > 0));
        var security = Rendering.Of("default").Single(document => document.Kind == "StatefulSet").Pod!.Value.At("securityContext");
        Assert.Equal([security.At("runAsUser").GetInt32(), security.At("runAsGroup").GetInt32()], user);
    }

    [Fact]
    public void Its_bases_have_versions_and_the_framework_is_ours()
    {
        var bases = ContainerFile.All("ARG").Where(argument => argument.Contains("_IMAGE=", StringComparison.Ordinal)).ToArray();
        Assert.Equal(2, bases.Length);
        Assert.All(bases, image =>
        {
            Assert.DoesNotContain("latest", image, StringComparison.Ordinal);
            Assert.Contains(":10.0", image, StringComparison.Ordinal);
        });
        Assert.All(ContainerFile.All("FROM"), from => Assert.StartsWith("${", from, StringComparison.Ordinal));
        Assert.Equal("net10.0", XDocument.Load(Path.Combine(Rendering.Root, "Directory.Build.props")).Descendants("TargetFramework").Single().Value);
    }

    [Fact]
    public void It_brings_the_native_libraries_under_a_name_that_the_programs_look_for()
    {
        var installed = ContainerFile.Final("RUN").Single(run => run.Contains("apt-get install", StringComparison.Ordinal));
        foreach (var (library, source) in new[] { ("libsecp256k1", "src/Bitcoin/Curve/Native.cs"), ("libargon2", "src/Silo/Passwords/Argon2.cs") })
        {
            var package = installed.Split(' ').Single(word => word.StartsWith($"{library}-", StringComparison.Ordinal));
            var soname = $"{library}.so.{package[(package.LastIndexOf('-') + 1)..]}"; // Debian's and Ubuntu's packages end in it
            Assert.Contains($"\"{soname}\"", File.ReadAllText(Path.Combine(Rendering.Root, source)), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void It_tells_its_own_health_and_its_ports_are_those_of_the_configuration()
    {
        var health = ContainerFile.Words(Assert.Single(ContainerFile.Final("HEALTHCHECK")));
        var entry = ContainerFile.Words(Assert.Single(ContainerFile.Final("ENTRYPOINT")));
        Assert.Equal([.. entry, "health"], health[..(entry.Length + 1)]);
        var gateway = Configuration.Of("default", "coordinator").At("Gateway");
        var ports = new[] { "PublicPort", "OperatorPort", "MetricsPort" }.Select(name => gateway.At(name).GetInt32()).ToArray();
        Assert.Equal(ports, Assert.Single(ContainerFile.Final("EXPOSE")).Split(' ').Select(int.Parse));
    }

    [Fact]
    public void Its_folders_are_those_that_the_chart_mounts()
    {
        var mounts = Rendering.Of("default").Single(document => document.Kind == "StatefulSet").Pod!.Value.List("containers").Single().List("volumeMounts")
            .Select(mount => mount.At("mountPath").GetString()!).ToArray();
        Assert.All(ContainerFile.Words(Assert.Single(ContainerFile.Final("VOLUME"))), folder => Assert.Contains(folder, mounts));
        Assert.Equal(["--config", "/etc/coordinator/coordinator.json"], ContainerFile.Words(Assert.Single(ContainerFile.Final("CMD"))));
    }
}
