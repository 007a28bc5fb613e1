using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using StackExchange.Redis;

namespace Moderation.DevHost;

/// <summary>The dev host's own redis-server, on a directory of its own with fsync every second, unless <c>REDIS</c> names another.</summary>
internal sealed class RedisProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(15);
    private readonly Process? _process;

    private RedisProcess(string connectionString, Process? process) => (ConnectionString, _process) = (connectionString, process);

    public string ConnectionString { get; }

    public static async Task<RedisProcess> StartAsync(string directory)
    {
        if (Environment.GetEnvironmentVariable("REDIS") is { Length: > 0 } given)
        {
            await RequireAnswerAsync(given, null);
            return new RedisProcess(given, null);
        }

        Directory.CreateDirectory(directory);
        var port = FreePort();
        var start = new ProcessStartInfo("redis-server")
        {
            RedirectStandardOutput = true,
            ArgumentList =
            {
                "--port", $"{port}", "--bind", "127.0.0.1", "--dir", directory, "--appendonly", "yes", "--appendfsync", "everysec",
                "--save", "", "--maxmemory-policy", "noeviction",
            },
        };
        Process process;
        try
        {
            process = Process.Start(start)!; // not null: a new process is always started here
        }
        catch (System.ComponentModel.Win32Exception)
        {
            throw new InvalidOperationException(
                "No redis-server on PATH: install one (Debian: apt-get install redis-server), or point REDIS at one, such as REDIS=127.0.0.1:6379.");
        }

        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        await RequireAnswerAsync($"127.0.0.1:{port}", process);
        return new RedisProcess($"127.0.0.1:{port}", process);
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false })
        {
            using var stop = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
            await _process.WaitForExitAsync();
        }

        _process?.Dispose();
    }

    private static async Task RequireAnswerAsync(string connectionString, Process? process)
    {
        var options = ConfigurationOptions.Parse(connectionString);
        options.AbortOnConnectFail = false;
        options.ReconnectRetryPolicy = new LinearRetry(100);
        await using var probe = await ConnectionMultiplexer.ConnectAsync(options);
        var started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started) < StartLimit && process is not { HasExited: true })
        {
            try
            {
                await probe.GetDatabase().PingAsync();
                return;
            }
            catch (RedisException)
            {
                await Task.Delay(100);
            }
        }

        throw new InvalidOperationException($"Redis at {connectionString} does not answer.");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
