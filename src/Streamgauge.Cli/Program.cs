using Streamgauge.Cli;

return await CommandRunner.RunAsync(Verbs.Create(), args);
