using Moderation.Enforcement.Host.ChildSafety;
using Moderation.Enforcement.Host.Decisions;
using Moderation.Enforcement.Host.Orders;
using Moderation.Enforcement.Host.Review;
using Moderation.Enforcement.Host.Rpc;

namespace Moderation.Enforcement.Host.Reports;

/// <summary>Reports of users, orders of authorities, and what the law asks about child sexual exploitation.</summary>
internal static class ReportServices
{
    public static IServiceCollection AddReports(this IServiceCollection services)
    {
        services.AddSingleton<RecordIndexStore>();
        services.AddSingleton<ClosedTaskQueue>();
        services.AddSingleton<TrustedFlaggerStore>();
        services.AddSingleton<ReporterStore>();
        services.AddSingleton<ReportStore>();
        services.AddSingleton<OrderStore>();
        services.AddSingleton<ClosedTaskProjector>();
        services.AddHostedService(p => p.GetRequiredService<ClosedTaskProjector>());
        services.AddSingleton<ReportRpc>();
        services.AddSingleton<OrderRpc>();
        return services.AddChildSafety();
    }

    public static void MapReports(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGrpcService<ReportRpc>();
        endpoints.MapGrpcService<OrderRpc>();
        endpoints.MapGrpcService<PreservationRpc>();
    }
}
