using System.CommandLine;
using Moderation.Benchmarks.Suite;

var root = new RootCommand("Measures the suite. Nothing is written but to the console.") { SuiteCommand.Create(), EchoServer.CreateCommand() };
return await root.Parse(args).InvokeAsync();
