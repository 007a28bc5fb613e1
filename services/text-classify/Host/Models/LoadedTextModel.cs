using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Moderation.TextClassify.Models;

namespace Moderation.TextClassify.Host.Models;

/// <summary>
/// The model, loaded once before the service listens. The file must have the SHA-256 that its manifest names; otherwise
/// the service does not start, since scores of an unknown model may decide about people.
/// </summary>
internal sealed partial class LoadedTextModel(IOptions<TextModelOptions> options, ILogger<LoadedTextModel> logger) : IHostedService, IHealthCheck
{
    private volatile Loaded? _loaded;

    private sealed record Loaded(TextModel Model, string Version);

    /// <summary>The model.</summary>
    public TextModel Model => Required.Model;

    /// <summary>Its version and the start of its hash, such as "moderation-text-v1@1f3a9c0d".</summary>
    public string Version => Required.Version;

    private Loaded Required => _loaded ?? throw new InvalidOperationException("The text model is not loaded yet.");

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var directory = Path.Combine(AppContext.BaseDirectory, options.Value.Directory);
        var manifest = await ReadManifestAsync(Path.Combine(directory, "manifest.json"), cancellationToken);
        var path = Path.Combine(directory, "model.bin");
        if (!File.Exists(path)) throw new InvalidDataException($"TextModel:Directory: {directory} has no model.bin.");
        var file = await File.ReadAllBytesAsync(path, cancellationToken);
        var hash = Convert.ToHexStringLower(SHA256.HashData(file));
        if (hash != manifest.Sha256) throw new InvalidDataException($"{path} has the SHA-256 {hash}; its manifest.json names {manifest.Sha256}.");
        _loaded = new Loaded(TextModel.Load(file), $"{manifest.Version}@{hash[..8]}");
        LogLoaded(Version);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(_loaded is null ? HealthCheckResult.Unhealthy("The text model is not loaded yet.") : HealthCheckResult.Healthy(Version));

    private static async Task<(string Version, string Sha256)> ReadManifestAsync(string path, CancellationToken cancellationToken)
    {
        if (!File.Exists(path)) throw new InvalidDataException($"TextModel:Directory: {path} is missing.");
        await using var stream = File.OpenRead(path);
        try
        {
            using var document = await JsonDocument.ParseAsync(stream, cancellationToken: cancellationToken);
            if (document.RootElement.TryGetProperty("version", out var version) && version.GetString() is { Length: > 0 } name
                && document.RootElement.TryGetProperty("sha256", out var sha256) && sha256.GetString() is { Length: 64 } hash) return (name, hash);
        }
        catch (JsonException wrong)
        {
            throw new InvalidDataException($"{path} is not JSON: {wrong.Message}", wrong);
        }
        throw new InvalidDataException($"{path} must name 'version' and 'sha256' (64 hexadecimal digits).");
    }

    [LoggerMessage(LogLevel.Information, "Serving text model {Version}")]
    private partial void LogLoaded(string version);
}
