using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Orders;

namespace Moderation.Enforcement.Host.Rpc;

/// <summary>Orders of authorities. One RPC a file.</summary>
internal sealed partial class OrderRpc(OrderStore store, TimeProvider time) : OrderService.OrderServiceBase;
