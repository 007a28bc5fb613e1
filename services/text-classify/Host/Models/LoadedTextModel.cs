using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Moderation.TextClassify.Models;

namespace Moderation.TextClassify.Host.Models;

/// <summary>
/// The models, loaded once before the service listens. Each file must have the SHA-256 that its manifest names; otherwise
/// the service does not start, since scores of an unknown model may decide about people.
/// </summary>
internal sealed partial class LoadedTextModel(IOptions<TextModelOptions> options, ILogger<LoadedTextModel> logger) : IHostedLifecycleService, IHealthCheck
{
    private volatile Loaded? _loaded;

    private sealed record Loaded(ModelFolder Moderation, ModelFolder Attributes);

    /// <summary>The moderation model.</summary>
    public TextModel Model => Required.Moderation.Model;

    /// <summary>Its version and the start of its hash, such as "moderation-text-v1@1f3a9c0d".</summary>
    public string Version => Required.Moderation.Version;

    /// <summary>The attribute model, which only the drop-in endpoints use.</summary>
    public TextModel Attributes => Required.Attributes.Model;

    private Loaded Required => _loaded ?? throw new InvalidOperationException("The text model is not loaded yet.");

    // Before any service starts, so that the first look at readiness finds the model.
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        _loaded = new Loaded(
            await ModelFolder.LoadAsync("TextModel:Directory", options.Value.Directory, cancellationToken),
            await ModelFolder.LoadAsync("TextModel:AttributesDirectory", options.Value.AttributesDirectory, cancellationToken));
        LogLoaded(Version);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(_loaded is null ? HealthCheckResult.Unhealthy("The text model is not loaded yet.") : HealthCheckResult.Healthy(Version));

    [LoggerMessage(LogLevel.Information, "Serving text model {Version}")]
    private partial void LogLoaded(string version);
}
