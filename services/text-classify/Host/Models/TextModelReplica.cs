using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Moderation.ServiceDefaults.Hosting;

namespace Moderation.TextClassify.Host.Models;

/// <summary>
/// Loads the model of the setting before the service listens, and follows switches. Each file must have the SHA-256 that its
/// manifest names; otherwise the service does not start, since scores of an unknown model may decide about people.
/// </summary>
internal sealed partial class TextModelReplica(
    TextModelFolders folders, TextModelFeedStore feed, ServedTextModels served, IOptions<TextModelOptions> options, TimeProvider time, ILogger<TextModelReplica> logger)
    : PollingReplica(time)
{
    // Before any service starts, so that the first look at readiness finds the model.
    /// <inheritdoc/>
    public override async Task StartingAsync(CancellationToken cancellationToken)
    {
        if (folders.Problem() is { } problem) throw new InvalidDataException(problem);
        var model = await ModelFolder.LoadAsync("TextModel:Directory", options.Value.Directory, cancellationToken);
        var attributes = await ModelFolder.LoadAsync("TextModel:AttributesDirectory", options.Value.AttributesDirectory, cancellationToken);
        feed.Begin(new HashedTextModel(folders.DefaultId, model), attributes.Model);
        await base.StartingAsync(cancellationToken);
        LogLoaded(served.Live.Version, served.Shadows.Count);
    }

    /// <inheritdoc/>
    protected override Task<bool> TryCatchUpAsync(CancellationToken cancellationToken) => feed.TryCatchUpAsync(cancellationToken);

    /// <inheritdoc/>
    protected override void SayUnreachable() => LogUnreachable(served.Live.Version);

    [LoggerMessage(LogLevel.Information, "Serving text model {Version} and {Shadows} shadows")]
    private partial void LogLoaded(string version, int shadows);

    [LoggerMessage(LogLevel.Warning, "Which text model is live can't be read; scoring goes on with {Version}")]
    private partial void LogUnreachable(string version);
}

/// <summary>Ready once the model is loaded and it is known which one is live.</summary>
internal sealed class TextModelHealthCheck(ServedTextModels served, TextModelFeedStore feed) : IHealthCheck
{
    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(
            !served.IsLoaded ? HealthCheckResult.Unhealthy("The text model is not loaded yet.")
            : feed.Order is null ? HealthCheckResult.Unhealthy("Which text model is live could not be read yet.")
            : HealthCheckResult.Healthy(served.Live.Version));
}

/// <summary>Adds the models to the service.</summary>
internal static class TextModelRegistration
{
    public static IServiceCollection AddTextModels(this IServiceCollection services)
    {
        services.AddOptions<TextModelOptions>().BindConfiguration(TextModelOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<TextModelOptions>, Validation>();
        services.AddSingleton<TextModelFolders>();
        services.AddSingleton<TextModelStore>();
        services.AddSingleton<TextModelFeedStore>();
        services.AddSingleton<ServedTextModels>();
        services.AddSingleton<TextModelReplica>();
        services.AddHostedService(p => p.GetRequiredService<TextModelReplica>());
        services.AddSingleton<ShadowFigures>();
        services.AddSingleton<ShadowFiguresStore>();
        services.AddSingleton<ShadowScoring>();
        services.AddHostedService(p => p.GetRequiredService<ShadowScoring>());
        services.AddSingleton<Rpc.TextModelRpc>();
        services.AddHealthChecks().AddCheck<TextModelHealthCheck>("model", tags: [ServiceHost.ReadinessTag]);
        return services;
    }

    private sealed class Validation : IValidateOptions<TextModelOptions>
    {
        public ValidateOptionsResult Validate(string? name, TextModelOptions options) =>
            options.Problem() is { } problem ? ValidateOptionsResult.Fail(problem) : ValidateOptionsResult.Success;
    }
}
