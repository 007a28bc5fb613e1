using Microsoft.Extensions.DependencyInjection;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Review;
using Moderation.Enforcement.Tests.Decisions;
using Moderation.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace Moderation.Enforcement.Tests.Reports;

/// <summary>Enforcement with one reviewer a task, and clients of reports, orders and preservations.</summary>
public class ReportFixture : EnforcementFixture
{
    protected override IReadOnlyDictionary<string, string?> Settings => new Dictionary<string, string?> { ["Review:DoubleReviewShare"] = "0", ["Review:SampleShare"] = "0" };

    public ReportService.ReportServiceClient Reports => new(Invoker);

    public OrderService.OrderServiceClient Orders => new(Invoker);

    public PreservationService.PreservationServiceClient Preservations => new(Invoker);

    public IDatabase Database => Services.GetRequiredService<RedisConnectionStore>().Multiplexer.GetDatabase();

    public int ShardOf(string tenant, string account) => Services.GetRequiredService<KeySpace>().ShardOf(tenant, account);

    /// <summary>Tells reports and orders what became of their tasks, as the service does each second.</summary>
    public async Task ProjectAsync()
    {
        while (await Services.GetRequiredService<ClosedTaskProjector>().ProjectAsync(CancellationToken.None) > 0)
        {
        }
    }

    /// <summary>The events of a tenant about an account, oldest first.</summary>
    public async Task<IReadOnlyList<WatchDecisionsResponse>> EventsAsync(string tenant, string account)
        => [.. (await Database.StreamRangeAsync(KeySpace.Outbox(ShardOf(tenant, account), tenant))).Where(e => !e["e"].IsNull)
            .Select(e => WatchDecisionsResponse.Parser.ParseFrom((byte[])e["e"]!))];

    /// <summary>What the audit says of a tenant's account, or of the tenant itself.</summary>
    public async Task<IReadOnlyList<ActionRecorded>> ActionsAsync(string tenant, string account)
        => [.. (await Database.StreamRangeAsync(KeySpace.Audit(ShardOf(tenant, account)))).Select(e => AuditEntry.Parser.ParseFrom((byte[])e["a"]!).Action)
            .Where(a => a?.TenantId == tenant)];
}
