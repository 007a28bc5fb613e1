using System.Threading.Channels;
using Microsoft.Extensions.Options;
using Moderation.ServiceDefaults.Redis;

namespace Moderation.Enforcement.Host.Delivery;

/// <summary>
/// Keeps a runner for each lane of each endpoint that is on. Every replica does; the leases of the lanes say who delivers. Each lane is a
/// task of its own, so a slow or dead receiver delays nobody else.
/// </summary>
internal sealed partial class DeliverySupervisor(
    EndpointCatalogue catalogue, WebhookStore webhooks, SecretSealer sealer, OutboxReader outbox, LaneParts parts, IOptions<DeliveryOptions> options,
    TimeProvider time, ILogger<DeliverySupervisor> logger) : BackgroundService
{
    // How soon a change is seen whose bell was lost.
    private static readonly TimeSpan Refresh = TimeSpan.FromSeconds(5);

    private readonly string _owner = $"{Environment.MachineName}-{Ulid.NewUlid()}";
    private readonly Dictionary<(string Tenant, string Id), (DeliveryEndpoint Endpoint, LaneRunner[] Lanes)> _running = [];
    private readonly Dictionary<(string Tenant, string Id), Task> _stopping = [];
    private readonly Dictionary<string, IAsyncDisposable> _bells = [];
    private readonly Channel<bool> _changed = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Lock _gate = new();

    /// <inheritdoc />
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.Value.Webhooks.Enabled)
        {
            sealer.Check();
        }

        return base.StartAsync(cancellationToken);
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Value.Webhooks.Enabled && !options.Value.Dapr.Enabled)
        {
            return;
        }

        IAsyncDisposable? bell = null;
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                try
                {
                    bell ??= await webhooks.ListenAsync(() => _changed.Writer.TryWrite(true));
                    await RefreshAsync();
                }
                catch (Exception failure) when (StoreFaults.IsUnavailable(failure))
                {
                    LogFailed(failure.GetType().Name);
                }
                catch (Exception failure) when (failure is not OperationCanceledException)
                {
                    LogDefect(failure); // what runs goes on; the next refresh tries again
                }

                await RestAsync(stoppingToken);
            }
        }
        finally
        {
            if (bell is not null)
            {
                await bell.DisposeAsync();
            }

            await StopAllAsync();
        }
    }

    private async Task RefreshAsync()
    {
        var wanted = (await catalogue.EndpointsAsync()).ToDictionary(e => (e.Tenant, e.Id));
        foreach (var (key, running) in _running.ToList())
        {
            if (!wanted.TryGetValue(key, out var endpoint) || endpoint.Version != running.Endpoint.Version)
            {
                _stopping[key] = StopAsync(key); // not waited for here: a slow receiver holds up nobody else's change
            }
        }

        foreach (var (key, endpoint) in wanted)
        {
            if (_running.ContainsKey(key) || (_stopping.TryGetValue(key, out var stopping) && !stopping.IsCompleted))
            {
                continue;
            }

            _stopping.Remove(key);

            if (!_bells.ContainsKey(endpoint.Tenant))
            {
                _bells[endpoint.Tenant] = await outbox.ListenAsync(endpoint.Tenant, shard => Ring(endpoint.Tenant, shard));
            }

            var lanes = Enumerable.Range(0, DeliveryEndpoint.Lanes).Select(l => new LaneRunner(endpoint, l, _owner, parts, logger)).ToArray();
            lock (_gate)
            {
                _running[key] = (endpoint, lanes);
            }
        }
    }

    private void Ring(string tenant, int shard)
    {
        lock (_gate)
        {
            foreach (var lane in _running.Where(r => r.Key.Tenant == tenant).SelectMany(r => r.Value.Lanes))
            {
                lane.Ring(shard);
            }
        }
    }

    private async Task StopAsync((string Tenant, string Id) key)
    {
        LaneRunner[] lanes;
        lock (_gate)
        {
            lanes = _running[key].Lanes;
            _running.Remove(key);
        }

        await Task.WhenAll(lanes.Select(l => l.DisposeAsync().AsTask()));
        _changed.Writer.TryWrite(true); // what takes its place may start
    }

    private async Task StopAllAsync()
    {
        await Task.WhenAll([.. _stopping.Values, .. _running.Keys.ToList().Select(StopAsync)]);
        foreach (var bell in _bells.Values)
        {
            await bell.DisposeAsync();
        }
    }

    private async Task RestAsync(CancellationToken stoppingToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        using var timer = time.CreateTimer(_ => patience.Cancel(), null, Refresh, Timeout.InfiniteTimeSpan);
        try
        {
            await _changed.Reader.WaitToReadAsync(patience.Token);
            _changed.Reader.TryRead(out _);
        }
        catch (OperationCanceledException)
        {
            // Time to look again, or the end.
        }
    }

    [LoggerMessage(LogLevel.Warning, "The webhooks could not be read ({Cause}); those that run go on")]
    private partial void LogFailed(string cause);

    [LoggerMessage(LogLevel.Error, "The webhooks could not be refreshed; it is tried again")]
    private partial void LogDefect(Exception failure);
}
