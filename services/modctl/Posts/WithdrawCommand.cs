using System.CommandLine;
using Moderation.Contracts.V1;
using Moderation.ModCtl.Shell;

namespace Moderation.ModCtl.Posts;

/// <summary><c>modctl withdraw</c>: says that the author has taken a post down.</summary>
internal static class WithdrawCommand
{
    public static Command Create(Terminal terminal)
    {
        var postId = new Argument<string>("POST_ID") { Description = "The platform's id of the post" };
        var command = new Command("withdraw", "Tells the suite that the author has taken a post down.") { postId };
        var key = CredentialOptions.ApiKey().AddTo(command);
        command.Calls(terminal, AddressOption.OfIngest(), async (parsed, address, cancellationToken) =>
        {
            using var connection = new ServiceConnection(address, key.Header(parsed, terminal));
            var answer = await new IngestService.IngestServiceClient(connection.Invoker).WithdrawPostAsync(
                new WithdrawPostRequest { PostId = parsed.GetRequiredValue(postId) }, deadline: ServiceConnection.Deadline, cancellationToken: cancellationToken);
            terminal.Out.WriteLine(Json.Indented(answer));
            return 0;
        });
        return command;
    }
}
