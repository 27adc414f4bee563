namespace Orleans
{
    /// <summary>Something that starts and stops at one stage of a lifecycle.</summary>
    public interface ILifecycleObserver
    {
        /// <summary>Starts. Throwing stops the start of the whole.</summary>
        Task OnStart(CancellationToken cancellationToken = default);

        /// <summary>Stops. Runs in reverse order, only for stages that were started.</summary>
        Task OnStop(CancellationToken cancellationToken = default);
    }

    /// <summary>A sequence of stages that others hook into.</summary>
    public interface ILifecycleObservable
    {
        /// <summary>Hooks in at a stage; lower stages start first and stop last. Disposing takes it out again.</summary>
        IDisposable Subscribe(string observerName, int stage, ILifecycleObserver observer);
    }

    /// <summary>Asked once, at the beginning, to hook into a lifecycle.</summary>
    public interface ILifecycleParticipant<TLifecycleObservable> where TLifecycleObservable : ILifecycleObservable
    {
        /// <summary>Hooks in.</summary>
        void Participate(TLifecycleObservable lifecycle);
    }

    /// <summary>Hooking in with functions.</summary>
    public static class LifecycleExtensions
    {
        /// <summary>Hooks in a start and a stop.</summary>
        public static IDisposable Subscribe(
            this ILifecycleObservable observable, string observerName, int stage, Func<CancellationToken, Task> onStart, Func<CancellationToken, Task>? onStop)
        {
            ArgumentNullException.ThrowIfNull(observable);
            ArgumentNullException.ThrowIfNull(onStart);
            return observable.Subscribe(observerName, stage, new Observer(onStart, onStop));
        }

        /// <summary>Hooks in a start.</summary>
        public static IDisposable Subscribe(
            this ILifecycleObservable observable, string observerName, int stage, Func<CancellationToken, Task> onStart)
            => observable.Subscribe(observerName, stage, onStart, null);

        /// <summary>Hooks in a start and a stop under the name of a type.</summary>
        public static IDisposable Subscribe<TObserver>(
            this ILifecycleObservable observable, int stage, Func<CancellationToken, Task> onStart, Func<CancellationToken, Task>? onStop)
            => observable.Subscribe(typeof(TObserver).FullName!, stage, onStart, onStop);

        /// <summary>Hooks in a start under the name of a type.</summary>
        public static IDisposable Subscribe<TObserver>(
            this ILifecycleObservable observable, int stage, Func<CancellationToken, Task> onStart)
            => observable.Subscribe<TObserver>(stage, onStart, null);

        private sealed class Observer(Func<CancellationToken, Task> onStart, Func<CancellationToken, Task>? onStop) : ILifecycleObserver
        {
            public Task OnStart(CancellationToken cancellationToken = default) => onStart(cancellationToken);

            public Task OnStop(CancellationToken cancellationToken = default) => onStop?.Invoke(cancellationToken) ?? Task.CompletedTask;
        }
    }

    /// <summary>The stages of a silo.</summary>
    public static class ServiceLifecycleStage
    {
        /// <summary>Before everything.</summary>
        public const int First = int.MinValue;

        /// <summary>The runtime itself.</summary>
        public const int RuntimeInitialize = 2000;

        /// <summary>The runtime's services.</summary>
        public const int RuntimeServices = 4000;

        /// <summary>Storage of the runtime.</summary>
        public const int RuntimeStorageServices = 6000;

        /// <summary>Grain services of the runtime.</summary>
        public const int RuntimeGrainServices = 8000;

        /// <summary>Storage providers and what else the application brings.</summary>
        public const int ApplicationServices = 10000;

        /// <summary>Last stage before grains may be called.</summary>
        public const int BecomeActive = Active - 1;

        /// <summary>Grains may be called; reminders tick.</summary>
        public const int Active = 20000;

        /// <summary>After everything.</summary>
        public const int Last = int.MaxValue;
    }
}

namespace Orleans.Runtime
{
    /// <summary>The lifecycle of a silo; see <see cref="ServiceLifecycleStage"/>.</summary>
    public interface ISiloLifecycle : ILifecycleObservable
    {
        /// <summary>The highest stage that was started.</summary>
        int HighestCompletedStage { get; }

        /// <summary>The lowest stage that was stopped.</summary>
        int LowestStoppedStage { get; }
    }

    /// <summary>The lifecycle of an activation; see <see cref="GrainLifecycleStage"/>.</summary>
    public interface IGrainLifecycle : ILifecycleObservable;

    /// <summary>Runs once when the silo has become active.</summary>
    public interface IStartupTask
    {
        /// <summary>Runs. Throwing stops the start of the silo.</summary>
        Task Execute(CancellationToken cancellationToken);
    }
}
