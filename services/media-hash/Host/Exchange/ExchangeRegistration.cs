using Moderation.MediaHash.Host.Rpc;

namespace Moderation.MediaHash.Host.Exchange;

/// <summary>Registers the exchange of hash lists.</summary>
internal static class ExchangeRegistration
{
    public static void AddExchange(this IServiceCollection services)
    {
        services.AddSingleton<BankBatchStore>();
        services.AddSingleton<HashListImport>();
        services.AddSingleton<ExchangeRpc>();
        services.AddSingleton<HashRpc>();
    }
}
