using System.Collections.Concurrent;
using System.Diagnostics;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;

namespace Moderation.Testing;

/// <summary>One service as a process of its own, on fixed ports of loopback so that it can be killed and started again.</summary>
public sealed class ServiceProcess : IAsyncDisposable
{
    private readonly string _project;
    private readonly Dictionary<string, string> _environment;
    private readonly ConcurrentQueue<string> _output = new();
    private Process? _process;

    /// <summary>Prepares one; nothing runs yet.</summary>
    /// <param name="name">As it is deployed.</param>
    /// <param name="project">The project that builds it.</param>
    /// <param name="environment">Its settings.</param>
    public ServiceProcess(string name, string project, IReadOnlyDictionary<string, string> environment)
    {
        (Name, _project) = (name, project);
        GrpcPort = RedisServer.FreePort();
        _environment = new Dictionary<string, string>(environment)
        {
            ["Listen__Address"] = "127.0.0.1",
            ["Listen__Grpc"] = $"{GrpcPort}",
            ["Listen__Metrics"] = "-1",
            ["DOTNET_gcServer"] = "0",
        };
    }

    /// <summary>As it is deployed.</summary>
    public string Name { get; }

    /// <summary>Where it serves gRPC.</summary>
    public int GrpcPort { get; }

    /// <summary>How to call it.</summary>
    public string Address => $"http://127.0.0.1:{GrpcPort}";

    /// <summary>What it has said so far.</summary>
    public string Output => string.Join('\n', _output);

    /// <summary>The process, while it runs.</summary>
    public Process? Process => _process;

    /// <summary>Changes a setting; it holds from the next start on.</summary>
    public void Set(string key, string value) => _environment[key] = value;

    /// <summary>Starts it and waits until it says that it is ready.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Name; // artifacts/bin/<project>/<configuration>
        var start = new ProcessStartInfo("dotnet", [Repository.PathOf("artifacts", "bin", _project, configuration, $"Moderation.{_project}.dll")])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (key, value) in _environment)
        {
            start.Environment[key] = value;
        }

        _process = Process.Start(start) ?? throw new InvalidOperationException($"{Name} did not start.");
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        await WaitUntilReadyAsync(cancellationToken);
    }

    /// <summary>SIGKILL: it gets no chance to finish anything.</summary>
    public async Task KillAsync()
    {
        if (_process is { HasExited: false } process)
        {
            process.Kill();
            await process.WaitForExitAsync();
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process?.Dispose();
    }

    private async Task WaitUntilReadyAsync(CancellationToken cancellationToken)
    {
        using var channel = GrpcChannel.ForAddress(Address);
        var health = new Health.HealthClient(channel);
        while (true)
        {
            try
            {
                using var watch = health.Watch(
                    new HealthCheckRequest { Service = "readiness" }, new CallOptions(cancellationToken: cancellationToken).WithWaitForReady());
                await foreach (var answer in watch.ResponseStream.ReadAllAsync(cancellationToken))
                {
                    if (answer.Status == HealthCheckResponse.Types.ServingStatus.Serving)
                    {
                        return;
                    }
                }
            }
            catch (RpcException) when (!cancellationToken.IsCancellationRequested && _process is { HasExited: false })
            {
                // Not listening yet; the next call waits for the connection.
            }
        }
    }

    private void Keep(string? line)
    {
        if (line is not null)
        {
            _output.Enqueue(line);
        }
    }
}
