using Microsoft.Extensions.Options;

namespace Moderation.MediaHash.Host.Pulling;

/// <summary>Registers the puller of hash lists; it does nothing unless sources are named.</summary>
internal static class PullRegistration
{
    public static void AddPulling(this IServiceCollection services)
    {
        services.AddSingleton<IValidateOptions<PullOptions>, PullOptionsCheck>();
        services.AddOptions<PullOptions>().BindConfiguration(PullOptions.Section).ValidateOnStart();
        services.AddHttpClient(nameof(HashListPuller), client => client.Timeout = TimeSpan.FromMinutes(10))
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { AllowAutoRedirect = false, ConnectTimeout = TimeSpan.FromSeconds(15) });
        services.AddSingleton<PullStore>();
        services.AddSingleton<HashListPuller>();
        services.AddHostedService<PullWorker>();
    }

    private sealed class PullOptionsCheck : IValidateOptions<PullOptions>
    {
        public ValidateOptionsResult Validate(string? name, PullOptions options) =>
            options.Fault() is { } fault ? ValidateOptionsResult.Fail(fault) : ValidateOptionsResult.Success;
    }
}
