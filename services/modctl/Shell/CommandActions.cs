using System.CommandLine;
using Grpc.Core;

namespace Moderation.ModCtl.Shell;

/// <summary>Gives commands their action, and failures their words and exit code.</summary>
internal static class CommandActions
{
    /// <summary>Sets an action that needs no service.</summary>
    public static void Does(this Command command, Terminal terminal, Func<ParseResult, CancellationToken, Task<int>> action)
        => command.SetAction((parsed, cancellationToken) => GuardAsync(terminal, null, () => action(parsed, cancellationToken), cancellationToken));

    /// <summary>Sets an action that calls the service at <paramref name="address"/>.</summary>
    public static void Calls(this Command command, Terminal terminal, AddressOption address, Func<ParseResult, Uri, CancellationToken, Task<int>> action)
    {
        command.Options.Add(address.Option);
        command.SetAction((parsed, cancellationToken) =>
        {
            var target = address.Read(parsed);
            return GuardAsync(terminal, target, () => action(parsed, target, cancellationToken), cancellationToken);
        });
    }

    private static async Task<int> GuardAsync(Terminal terminal, Uri? address, Func<Task<int>> action, CancellationToken cancellationToken)
    {
        try
        {
            return await action();
        }
        catch (UsageException wrong)
        {
            terminal.Error.WriteLine($"Error: {wrong.Message}");
            return Root.WrongUsage;
        }
        catch (Exception ended) when (cancellationToken.IsCancellationRequested && ended is OperationCanceledException or RpcException { StatusCode: StatusCode.Cancelled })
        {
            return Root.Interrupted;
        }
        catch (RpcException failure)
        {
            FailureText.Write(terminal.Error, failure, address);
            return Root.Failed;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            terminal.Error.WriteLine($"Error: {FailureText.Printable(failure.Message)}");
            return Root.Failed;
        }
    }
}
