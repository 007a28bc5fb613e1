using Moderation.Contracts.V1;
using Moderation.MediaHash.Host.Exchange;

namespace Moderation.MediaHash.Host.Rpc;

/// <summary>Hash lists in and out. One RPC a file.</summary>
internal sealed partial class ExchangeRpc(HashListImport imports, BankBatchStore batches) : ExchangeService.ExchangeServiceBase;
