using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Moderation.Enforcement.Host.Rpc;

namespace Moderation.Enforcement.Host.Delivery;

/// <summary>Registers delivery.</summary>
internal static class DeliveryServices
{
    public static IServiceCollection AddDelivery(this IServiceCollection services)
    {
        services.AddOptions<DeliveryOptions>().BindConfiguration(DeliveryOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<DeliveryOptions>, DeliveryOptionsCheck>();
        services.TryAddSingleton(Random.Shared);
        services.AddSingleton<SecretSealer>();
        services.AddSingleton<WebhookTransport>();
        services.AddSingleton<TenantRollStore>();
        services.AddSingleton<WebhookStore>();
        services.AddSingleton<DeliveryLedger>();
        services.AddSingleton<DeadLetterStore>();
        services.AddSingleton<DaprTopicQueue>();
        services.AddSingleton<EndpointCatalogue>();
        services.AddSingleton<LaneParts>();
        services.AddSingleton<DeliveryRpc>();
        services.AddSingleton<DeliverySupervisor>();
        services.AddHostedService(p => p.GetRequiredService<DeliverySupervisor>());
        return services;
    }

    private sealed class DeliveryOptionsCheck : IValidateOptions<DeliveryOptions>
    {
        public ValidateOptionsResult Validate(string? name, DeliveryOptions options)
        {
            var violations = options.Violations().ToList();
            return violations.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(violations);
        }
    }
}
