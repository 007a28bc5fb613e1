using System.Diagnostics;
using System.Globalization;

namespace Moderation.Benchmarks.Policy;

/// <summary>What a thread did, by the time that a core really gave it: on a shared machine the wall clock counts the neighbours too.</summary>
/// <param name="Calls">How often.</param>
/// <param name="CpuSeconds">Seconds on a core.</param>
/// <param name="WallSeconds">Seconds by the wall clock.</param>
/// <param name="Bytes">Bytes that the thread allocated.</param>
internal readonly record struct CoreRun(long Calls, double CpuSeconds, double WallSeconds, long Bytes)
{
    public double PerSecond => Calls / CpuSeconds;

    public double BytesEach => (double)Bytes / Calls;
}

internal static class CoreClock
{
    /// <summary>Calls something over and over for a time on a core.</summary>
    /// <param name="seconds">How long.</param>
    /// <param name="batch">Calls between two looks at the clock.</param>
    /// <param name="call">Called with a running number.</param>
    public static CoreRun Run(double seconds, int batch, Action<int> call)
    {
        var wall = Stopwatch.GetTimestamp();
        var (cpu, bytes) = (Cpu(), GC.GetAllocatedBytesForCurrentThread());
        var (calls, allocated, used) = (0L, 0L, 0.0);
        while (used < seconds)
        {
            for (var i = 0; i < batch; i++)
                call(i);
            calls += batch;
            // The look at the clock allocates itself, so it stays outside of the count.
            allocated += GC.GetAllocatedBytesForCurrentThread() - bytes;
            used = Cpu() - cpu;
            bytes = GC.GetAllocatedBytesForCurrentThread();
        }
        return new CoreRun(calls, used, Stopwatch.GetElapsedTime(wall).TotalSeconds, allocated);
    }

    /// <summary>Seconds that the kernel has given this thread (the first number of schedstat is nanoseconds).</summary>
    public static double Cpu() => long.Parse(File.ReadAllText("/proc/thread-self/schedstat").Split(' ')[0], CultureInfo.InvariantCulture) / 1e9;
}
