using System.Text.RegularExpressions;
using System.Xml.Linq;
using Coordinator.Repo.Tests.Source;

namespace Coordinator.Repo.Tests;

/// <summary>A clone builds anywhere: no machine, no registry and no unpinned package in it, and every link leads somewhere.</summary>
public sealed partial class RepositoryTests
{
    [Fact]
    public void No_file_names_a_folder_of_one_machine()
        => Rule.Holds(
            from file in OtherText
            from line in Tree.Read(file).Split('\n').Index()
            where MachinePath().IsMatch(line.Item)
            select $"{file}:{line.Index + 1}: a path of one machine; make it relative to the repository or take it as an option");

    [Fact]
    public void No_file_names_a_package_registry()
        => Rule.Holds(
            from file in OtherText.Concat(LockFiles)
            from line in Tree.Read(file).Split('\n').Index()
            where RegistryHost().IsMatch(line.Item)
            select $"{file}:{line.Index + 1}: a registry's host; leave it to the machine's own configuration");

    [Fact]
    public void No_package_source_is_configured_here()
        => Rule.Holds(
            from file in Tree.Files
            where Path.GetFileName(file).Equals("nuget.config", StringComparison.OrdinalIgnoreCase)
            select $"{file}: remove it; the machine's own configuration says where packages come from");

    [Fact]
    public void Npm_writes_no_hosts_into_lock_files()
        => Assert.Contains("omit-lockfile-registry-resolved=true", Tree.Read(".npmrc").Split('\n'));

    [Fact]
    public void Every_project_has_its_lock_file()
        => Rule.Holds(
            from project in Tree.Projects
            let file = $"{Tree.FolderOf(project)}/packages.Embedded.lock.json"
            where !Tree.Exists(file)
            select $"{project}: commit {file}; a restore writes it");

    [Fact]
    public void Versions_of_packages_are_in_one_file()
        => Rule.Holds(
            from project in Tree.Projects.Append("Directory.Build.props").Append("Directory.Build.targets").Append("build/Engine.props")
            from package in Xml(project).Descendants("PackageReference")
            where package.Attribute("Version") is not null || package.Attribute("VersionOverride") is not null || package.Element("Version") is not null
            select $"{project}: move the version of {(string?)package.Attribute("Include")} to Directory.Packages.props");

    [Fact]
    public void Every_package_used_has_one_exact_version()
    {
        var versions = Xml("Directory.Packages.props").Descendants()
            .Where(element => element.Name.LocalName is "PackageVersion" or "GlobalPackageReference")
            .ToLookup(element => (string?)element.Attribute("Include") ?? "", element => (string?)element.Attribute("Version") ?? "", StringComparer.OrdinalIgnoreCase);
        Rule.Holds(versions.Where(package => package.Count() != 1 || !ExactVersion().IsMatch(package.First()))
            .Select(package => $"Directory.Packages.props: {package.Key} needs exactly one version, and no range or star"));
        Rule.Holds(
            from project in Tree.Projects.Append("Directory.Build.props").Append("build/Engine.props")
            from package in Xml(project).Descendants("PackageReference")
            let name = (string?)package.Attribute("Include")
            where name is not null && !versions.Contains(name)
            select $"{project}: give {name} a version in Directory.Packages.props");
    }

    [Fact]
    public void Projects_do_not_change_the_shared_build_settings()
        => Rule.Holds(
            from project in Tree.Projects
            from setting in Xml(project).Descendants()
            where setting.Name.LocalName is "TreatWarningsAsErrors" or "Nullable" or "LangVersion" or "TargetFramework" or "NoWarn"
                or "CheckForOverflowUnderflow" or "InvariantGlobalization" or "AnalysisLevel" or "RestorePackagesWithLockFile"
            select $"{project}: {setting.Name.LocalName} is set once, in Directory.Build.props");

    [Fact]
    public void Tests_read_known_answers_only_from_the_repository()
        => Rule.Holds(
            from file in Tree.Code
            where file.IsUnder("tests") && !file.IsUnder("tests/Repo.Tests")
            from line in file.Text.Split('\n').Index()
            where SharedFolder().IsMatch(line.Item)
            select $"{file.Path}:{line.Index + 1}: read from tests/vectors by VectorFiles; a clone has nothing else");

    [Fact]
    public void Links_in_documents_lead_to_files()
        => Rule.Holds(
            from file in Tree.Files
            where file.EndsWith(".md", StringComparison.Ordinal) && !file.StartsWith("tests/vectors/", StringComparison.Ordinal)
            from line in Tree.Read(file).Split('\n').Index()
            from target in TargetsOf(file, line.Item)
            where !Tree.Exists(target)
            select $"{file}:{line.Index + 1}: {target} does not exist; correct the name or remove it");

    [Fact]
    public void Text_ends_lines_with_line_feeds_and_has_no_byte_order_mark()
        => Rule.Holds(
            from file in Tree.OwnText
            let bytes = File.ReadAllBytes(Tree.Absolute(file))
            where bytes.Contains((byte)'\r') || bytes.AsSpan().StartsWith((ReadOnlySpan<byte>)[0xef, 0xbb, 0xbf])
            where !file.EndsWith(".sln", StringComparison.Ordinal)
            select $"{file}: save it as UTF-8 without a mark, lines ended by a line feed");

    private static IEnumerable<string> OtherText => Tree.OwnText.Where(file => !file.StartsWith("tests/Repo.Tests/", StringComparison.Ordinal));

    private static IEnumerable<string> LockFiles => Tree.Files.Where(file => file.EndsWith(".lock.json", StringComparison.Ordinal));

    /// <summary>Relative links, and paths in backticks that start at the repository's root.</summary>
    private static IEnumerable<string> TargetsOf(string file, string line)
    {
        foreach (Match link in Link().Matches(line))
        {
            var target = link.Groups["target"].Value.Split('#')[0];
            if (target.Length > 0 && !target.Contains("://", StringComparison.Ordinal) && !target.StartsWith("mailto:", StringComparison.Ordinal))
            {
                var folder = Path.Combine(Tree.Root, Tree.FolderOf(file));
                yield return Path.GetRelativePath(Tree.Root, Path.GetFullPath(target, folder)).Replace('\\', '/');
            }
        }
        foreach (Match path in RootPath().Matches(line))
        {
            yield return path.Groups["target"].Value.TrimEnd('/');
        }
    }

    private static XDocument Xml(string file) => XDocument.Load(Tree.Absolute(file));

    [GeneratedRegex("""(?<![\w.~/-])/(home|root|Users|tmp|work|opt|mnt|media)/\w|[A-Za-z]:\\\\?(Users|Program)""", RegexOptions.None, 60_000)]
    private static partial Regex MachinePath();

    [GeneratedRegex("""nuget\.org|npmjs\.(org|com)|pypi\.org|pythonhosted|crates\.io|ghcr\.io|docker\.io|quay\.io|proxy\.golang\.org|jfrog|pkgs\.dev\.azure""", RegexOptions.IgnoreCase, 60_000)]
    private static partial Regex RegistryHost();

    [GeneratedRegex("""^\d+\.\d+\.\d+(\.\d+)?(-[0-9A-Za-z.-]+)?$""", RegexOptions.ExplicitCapture, 60_000)]
    private static partial Regex ExactVersion();

    [GeneratedRegex("""shared/(vectors|specs|issues)|"shared"[,)]""", RegexOptions.ExplicitCapture, 60_000)]
    private static partial Regex SharedFolder();

    [GeneratedRegex("""\]\((?<target>[^)\s]+)\)""", RegexOptions.ExplicitCapture, 60_000)]
    private static partial Regex Link();

    [GeneratedRegex("""`(?<target>(src|tests|build|config|helm|\.ci)/[\w./-]+)`""", RegexOptions.ExplicitCapture, 60_000)]
    private static partial Regex RootPath();
}
