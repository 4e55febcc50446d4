using Allianz.Portfolio.Api;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Features;
using Allianz.Portfolio.Api.Health;
using Allianz.Portfolio.Api.Jobs;
using Allianz.Portfolio.Api.Pages;

return await Verbs.RunAsync(
    args,
    async settings =>
    {
        var builder = WebApplication.CreateBuilder(settings);
        builder.AddPortfolio();

        var app = builder.Build();
        app.UsePortfolio();

        // First the schema, then what stands on it; jobs begin when the server listens.
        await app.Services.GetRequiredService<PortfolioDatabase>().MigrateAsync(CancellationToken.None);
        await app.FirstStartAsync(CancellationToken.None);

        app.MapApi();
        app.MapPages();
        app.MapJobs();
        app.MapHealth();

        await app.RunAsync();
        return 0;
    }
);
