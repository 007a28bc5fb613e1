using Microsoft.Extensions.Options;
using Moderation.Enforcement.Host.Rpc;

namespace Moderation.Enforcement.Host.ChildSafety;

/// <summary>Preservation and reports of child sexual exploitation.</summary>
internal static class ChildSafetyServices
{
    public static IServiceCollection AddChildSafety(this IServiceCollection services)
    {
        services.AddOptions<ChildSafetyOptions>().BindConfiguration(ChildSafetyOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<ChildSafetyOptions>, ChildSafetyOptionsCheck>();
        services.AddSingleton<TextSealer>();
        services.AddSingleton<Preservations>();
        services.AddSingleton<PreservationStore>();
        services.AddSingleton<AuthorityReceiver>();
        services.AddSingleton<AuthorityReporter>();
        services.AddHostedService(p => p.GetRequiredService<AuthorityReporter>());
        services.AddSingleton<PreservationRpc>();
        return services;
    }

    private sealed class ChildSafetyOptionsCheck : IValidateOptions<ChildSafetyOptions>
    {
        public ValidateOptionsResult Validate(string? name, ChildSafetyOptions options)
            => options.Fault() is { Length: > 0 } fault ? ValidateOptionsResult.Fail(fault) : ValidateOptionsResult.Success;
    }
}
