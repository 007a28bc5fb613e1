using System.Diagnostics;

namespace Moderation.Benchmarks.Suite;

/// <summary>The CPU time, user and kernel, that each of some processes has used.</summary>
internal sealed class CpuClock(IReadOnlyList<(string Name, Process Process)> processes)
{
    public IReadOnlyDictionary<string, TimeSpan> Read() => processes.ToDictionary(p => p.Name, p => Used(p.Process));

    private static TimeSpan Used(Process process)
    {
        process.Refresh();
        return process.TotalProcessorTime;
    }
}
