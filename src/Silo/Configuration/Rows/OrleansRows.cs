namespace Coordinator.Silo;

/// <summary>Rows of a cluster. With the embedded engine every key has to keep its default.</summary>
internal static class OrleansRows
{
    private const string Only = "Only with the Microsoft engine; the embedded one refuses another value than the default. ";

    public static IReadOnlyList<ConfigurationKey> All { get; } =
    [
        ConfigurationKey.Choice("Orleans:Role", ["silo", "gateway"], Only + "A silo has grains, keys and data; there is one. A gateway answers players for it and needs no section but `Gateway` and this one."),
        ConfigurationKey.Choice("Orleans:Clustering", ["localhost", "postgres"], Only + "Where processes find each other: on this machine, or in a PostgreSQL database that has Orleans' tables."),
        new("Orleans:ClusterId", KeyKind.Text, "1 to 100 letters, digits, - or _", Only + "Processes with the same name find each other; another name is another cluster."),
        new("Orleans:ServiceId", KeyKind.Text, "1 to 100 letters, digits, - or _", Only + "The service's name; the same in all of its processes."),
        ConfigurationKey.Count("Orleans:SiloPort", "port", 1, 65_535, Only + "Where silos reach this one, in clear and without asking who they are: never open it to others."),
        ConfigurationKey.Count("Orleans:GatewayPort", "port", 1, 65_535, Only + "Where gateways reach the silo, in clear and without asking who they are: never open it to others."),
        new("Orleans:Address", KeyKind.Text, "an IP address", Only + "The silo's own address as gateways reach it; needed with `postgres`. A wrong one: gateways find the silo and cannot reach it.") { Default = "none" },
        new("Orleans:ConnectionStringFile", KeyKind.SecretFile, "a file with one line, as `Host=...;Username=...;Password=...;Database=...`", Only + "The database in which processes find each other; needed with `postgres`.")
        { Default = "none" },
    ];
}
