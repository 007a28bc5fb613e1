using Microsoft.Extensions.Options;

namespace Moderation.Ingest.Host.Bridge;

/// <summary>Registers the bridge.</summary>
internal static class BridgeServices
{
    public static IServiceCollection AddBridge(this IServiceCollection services)
    {
        services.AddOptions<BridgeOptions>().BindConfiguration(BridgeOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<BridgeOptions>, BridgeOptionsCheck>();
        services.AddSingleton<DaprBridge>();
        services.AddHostedService(p => p.GetRequiredService<DaprBridge>());
        return services;
    }

    private sealed class BridgeOptionsCheck : IValidateOptions<BridgeOptions>
    {
        public ValidateOptionsResult Validate(string? name, BridgeOptions options)
        {
            var violations = options.Enabled ? options.Violations().ToList() : [];
            return violations.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(violations);
        }
    }
}
