using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Moderation.Testing;

/// <summary>A real redis-server of its own, on a free port of loopback, with its data in a directory that is deleted at the end.</summary>
public sealed class RedisServer : IAsyncDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("moderation-redis-").FullName;
    private readonly string[] _extra;
    private Process? _process;

    private RedisServer(int port, string[] extra) => (Port, _extra) = (port, extra);

    /// <summary>Its port.</summary>
    public int Port { get; }

    /// <summary>How to connect.</summary>
    public string ConnectionString => $"127.0.0.1:{Port}";

    /// <summary>Its process, while it runs.</summary>
    public Process? Process => _process;

    /// <summary>Starts one. A missing redis-server fails the run: it does not skip it.</summary>
    /// <param name="extra">Further options, such as <c>--appendfsync always</c>.</param>
    public static async Task<RedisServer> StartAsync(params string[] extra)
    {
        var server = new RedisServer(FreePort(), extra);
        await server.StartAgainAsync();
        return server;
    }

    /// <summary>A port that was free a moment ago.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Starts it (again) on the same port and data.</summary>
    public async Task StartAgainAsync()
    {
        var start = new ProcessStartInfo("redis-server")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = _directory,
        };
        string[] arguments =
        [
            "--port", $"{Port}", "--bind", "127.0.0.1", "--dir", _directory, "--save", "", "--appendonly", "yes", "--appendfsync", "everysec",
            "--maxmemory-policy", "noeviction", .. _extra,
        ];
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        try
        {
            _process = Process.Start(start) ?? throw new InvalidOperationException("redis-server did not start.");
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            throw new InvalidOperationException("These tests need a real redis-server on PATH (Debian: apt-get install redis-server).", missing);
        }

        _process.OutputDataReceived += (_, _) => { };
        _process.ErrorDataReceived += (_, _) => { };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        await WaitUntilItAnswersAsync(_process);
    }

    /// <summary>SIGKILL.</summary>
    public async Task KillAsync()
    {
        if (_process is { HasExited: false } process)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
        }
    }

    // By hand, because a client that dials before the port listens waits out its own time-outs.
    private async Task WaitUntilItAnswersAsync(Process process)
    {
        var answer = new byte[7];
        while (true)
        {
            try
            {
                using var socket = new TcpClient();
                await socket.ConnectAsync(IPAddress.Loopback, Port);
                await socket.GetStream().WriteAsync("PING\r\n"u8.ToArray());
                await socket.GetStream().ReadExactlyAsync(answer);
                if (answer.AsSpan().SequenceEqual("+PONG\r\n"u8))
                {
                    return;
                }
            }
            catch (Exception notYet) when (notYet is SocketException or IOException && !process.HasExited)
            {
                await Task.Yield(); // it is loading, or does not listen yet
            }
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process?.Dispose();
        Directory.Delete(_directory, recursive: true);
    }
}
