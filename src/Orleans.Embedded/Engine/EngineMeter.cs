using System.Diagnostics.Metrics;

namespace Orleans.Embedded;

/// <summary>What the model's own meter counts, under its names, as far as operators here look at it.</summary>
internal static class EngineMeter
{
    private static readonly Meter Meter = new("Microsoft.Orleans");
    private static readonly UpDownCounter<int> Activations = Meter.CreateUpDownCounter<int>("orleans-grains", description: "Live activations by type");
    private static readonly UpDownCounter<int> Reminders = Meter.CreateUpDownCounter<int>("orleans-reminders-active", description: "Reminders that will tick");

    public static void Count(GrainId grain, int change)
    {
        if (Activations.Enabled)
        {
            Activations.Add(change, new KeyValuePair<string, object?>("type", grain.Type.ToString()));
        }
    }

    public static void CountReminders(int change) => Reminders.Add(change);
}
