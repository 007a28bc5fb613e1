using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Moderation.MediaHash.Host.Video;

/// <summary>What a child process may use, set on it from outside as soon as it runs (setrlimit(2)).</summary>
internal static partial class ProcessLimits
{
    private const int CpuSeconds = 0;
    private const int FileBytes = 1;
    private const int AddressSpaceBytes = 9;

    /// <summary>Bounds CPU time and memory, and lets it write no file. A process that has ended already needs no bounds.</summary>
    public static void Apply(Process process, int cpuSeconds, long memoryBytes)
    {
        Set(process.Id, CpuSeconds, (ulong)cpuSeconds);
        Set(process.Id, FileBytes, 0);
        Set(process.Id, AddressSpaceBytes, (ulong)memoryBytes);
    }

    private static void Set(int process, int resource, ulong value)
    {
        var limit = new Limit(value, value);
        if (SetLimit(process, resource, in limit, 0) != 0 && Marshal.GetLastPInvokeError() is var error && error != NoSuchProcess)
            throw new InvalidOperationException($"prlimit of resource {resource} failed with error {error}.");
    }

    private const int NoSuchProcess = 3;

    [LibraryImport("libc", EntryPoint = "prlimit", SetLastError = true)]
    private static partial int SetLimit(int process, int resource, in Limit limit, nint previous);

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct Limit(ulong Soft, ulong Hard);
}
