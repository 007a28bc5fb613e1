using System.Diagnostics;

namespace Moderation.Benchmarks.Media;

/// <summary>A peer that answers a line for each line it is sent.</summary>
internal sealed class PeerProcess : IDisposable
{
    private readonly Process _process;

    private PeerProcess(Process process) => _process = process;

    /// <summary>Null, and said, where the program is not on this machine.</summary>
    public static PeerProcess? TryStart(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true };
        try
        {
            return new PeerProcess(Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start."));
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            Console.WriteLine($"LEFT OUT: {program}: {missing.Message}");
            return null;
        }
    }

    /// <summary>Its next line; null when it has ended.</summary>
    public string? ReadLine() => _process.StandardOutput.ReadLine();

    public string[] Ask(string line)
    {
        _process.StandardInput.WriteLine(line);
        _process.StandardInput.Flush();
        return (ReadLine() ?? throw new InvalidOperationException($"The peer ended at \"{line}\".")).Split(' ');
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(10_000))
            _process.Kill();
        _process.Dispose();
    }
}
