using Grpc.Core;
using Moderation.Contracts.V1;

namespace Moderation.Enforcement.Host.Rpc;

internal sealed partial class DeliveryRpc
{
    public override async Task<DeleteWebhookResponse> DeleteWebhook(DeleteWebhookRequest request, ServerCallContext context)
    {
        Require(request.TenantId, request.WebhookId);
        while (true)
        {
            var webhook = request.Etag.Length > 0
                ? await FindAsync(request.TenantId, request.WebhookId, request.Etag)
                : await FindAsync(request.TenantId, request.WebhookId);
            await RecordAsync(context, "webhook.delete", webhook.Record, null);
            if (await webhooks.DeleteAsync(webhook))
            {
                return new DeleteWebhookResponse();
            }

            context.CancellationToken.ThrowIfCancellationRequested(); // it changed meanwhile: read it again
        }
    }
}
