using System.Globalization;

namespace Orleans
{
    /// <summary>Marks a type that crosses a grain boundary.</summary>
    [AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct | AttributeTargets.Enum)]
    public sealed class GenerateSerializerAttribute : Attribute
    {
        /// <summary>Whether primary constructor parameters are part of the wire form by themselves; true for records by default.</summary>
        public bool IncludePrimaryConstructorParameters { get; init; } = true;
    }

    /// <summary>The number of a member on the wire; never reused.</summary>
    [AttributeUsage(AttributeTargets.Field | AttributeTargets.Property | AttributeTargets.Parameter)]
    public sealed class IdAttribute(uint id) : Attribute
    {
        /// <summary>The number.</summary>
        public uint Id { get; } = id;
    }

    /// <summary>The name of a type or method on the wire; outlives its name in the source.</summary>
    [AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct | AttributeTargets.Enum | AttributeTargets.Interface | AttributeTargets.Method)]
    public sealed class AliasAttribute(string alias) : Attribute
    {
        /// <summary>The name.</summary>
        public string Alias { get; } = alias;
    }

    /// <summary>Promises that an instance never changes once it was sent.</summary>
    [AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct | AttributeTargets.Parameter | AttributeTargets.Field | AttributeTargets.Property)]
    public sealed class ImmutableAttribute : Attribute;

    /// <summary>Fixes the stored name of a grain class.</summary>
    [AttributeUsage(AttributeTargets.Class)]
    public sealed class GrainTypeAttribute(string grainType) : Attribute
    {
        internal string Name { get; } = grainType;
    }

    /// <summary>On a grain interface with several classes: the stored name of the class to take when none is asked for.</summary>
    [AttributeUsage(AttributeTargets.Interface)]
    public sealed class DefaultGrainTypeAttribute(string grainType) : Attribute
    {
        internal string Name { get; } = grainType;
    }

    /// <summary>On an interface method: how long its caller waits, as a time span text.</summary>
    [AttributeUsage(AttributeTargets.Method | AttributeTargets.Interface)]
    public sealed class ResponseTimeoutAttribute(string timeout) : Attribute
    {
        /// <summary>The time, time in the queue included.</summary>
        public TimeSpan? Timeout { get; } = TimeSpan.Parse(timeout, CultureInfo.InvariantCulture);
    }
}

namespace Orleans.Concurrency
{
    /// <summary>Requests to this class interleave at every await.</summary>
    [AttributeUsage(AttributeTargets.Class)]
    public sealed class ReentrantAttribute : Attribute;

    /// <summary>A static method of the class, by name, decides per request whether it may interleave; it takes an <c>IInvokable</c>.</summary>
    [AttributeUsage(AttributeTargets.Class)]
    public sealed class MayInterleaveAttribute(string callbackMethodName) : Attribute
    {
        internal string CallbackMethodName { get; } = callbackMethodName;
    }

    /// <summary>This interface method may start while others run.</summary>
    [AttributeUsage(AttributeTargets.Method)]
    public sealed class AlwaysInterleaveAttribute : Attribute;

    /// <summary>Calls of methods so marked run beside each other, never beside others.</summary>
    [AttributeUsage(AttributeTargets.Method)]
    public sealed class ReadOnlyAttribute : Attribute;

    /// <summary>The caller's task completes at the send; errors are not seen.</summary>
    [AttributeUsage(AttributeTargets.Method)]
    public sealed class OneWayAttribute : Attribute;

    /// <summary>Several activations per id, made as needed.</summary>
    /// <param name="maxLocalWorkers">At most this many; below 1 means one per processor.</param>
    [AttributeUsage(AttributeTargets.Class)]
    public sealed class StatelessWorkerAttribute(int maxLocalWorkers) : Attribute
    {
        /// <summary>One activation per processor at most.</summary>
        public StatelessWorkerAttribute() : this(-1)
        {
        }

        /// <summary>At most this many; below 1 means one per processor.</summary>
        public int MaxLocalWorkers { get; } = maxLocalWorkers;
    }
}

namespace Orleans
{
    /// <summary>Activations of this class are never collected for being idle.</summary>
    [AttributeUsage(AttributeTargets.Class)]
    public sealed class KeepAliveAttribute : Attribute;

    /// <summary>How long activations of this class may be idle; at least one minute.</summary>
    [AttributeUsage(AttributeTargets.Class)]
    public sealed class CollectionAgeLimitAttribute : Attribute
    {
        /// <summary>Never collect.</summary>
        public bool AlwaysActive { get; set; }

        /// <summary>Days, added to the rest.</summary>
        public double Days { get; set; }

        /// <summary>Hours, added to the rest.</summary>
        public double Hours { get; set; }

        /// <summary>Minutes, added to the rest.</summary>
        public double Minutes { get; set; }

        internal TimeSpan Amount
        {
            get
            {
                var sum = TimeSpan.FromDays(Days) + TimeSpan.FromHours(Hours) + TimeSpan.FromMinutes(Minutes);
                return sum > TimeSpan.FromMinutes(1) ? sum : TimeSpan.FromMinutes(1);
            }
        }
    }
}
