using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.Enforcement.Host.Rpc;

internal sealed partial class DeliveryRpc
{
    public override async Task<TestWebhookResponse> TestWebhook(TestWebhookRequest request, ServerCallContext context)
    {
        Require(request.TenantId, request.WebhookId);
        var webhook = await FindAsync(request.TenantId, request.WebhookId);
        var sink = catalogue.SinkOf(webhook)
            ?? throw RpcErrors.Create(ErrorReason.DeliveryOff, "The webhook's secret can't be read: rotate it.", [], ("setting", "Delivery:KeyFile"));
        var happened = new WatchDecisionsResponse
        {
            EventId = $"test:{request.WebhookId}:{Ulid.NewUlid(time.GetUtcNow())}",
            Tested = new WebhookTested { TenantId = request.TenantId, WebhookId = request.WebhookId, TestTime = Now },
        };
        var started = time.GetTimestamp();
        var attempt = await sink.SendAsync(happened, context.CancellationToken);
        return new TestWebhookResponse
        {
            Delivered = attempt.Delivered,
            HttpStatus = attempt.HttpStatus,
            Failure = (DeliveryFailure)attempt.Fault,
            Duration = Duration.FromTimeSpan(time.GetElapsedTime(started)),
            EventId = happened.EventId,
        };
    }
}
