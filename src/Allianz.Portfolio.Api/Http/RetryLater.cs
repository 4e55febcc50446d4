namespace Allianz.Portfolio.Api.Http;

/// <summary>Says with every 503 when to come again, whoever wrote it.</summary>
internal static class RetryLater
{
    private const string Seconds = "5";

    public static Task Say(HttpContext context, RequestDelegate next)
    {
        context.Response.OnStarting(
            static state =>
            {
                var response = (HttpResponse)state;
                if (response.StatusCode == StatusCodes.Status503ServiceUnavailable)
                {
                    response.Headers.RetryAfter = Seconds;
                }
                return Task.CompletedTask;
            },
            context.Response
        );
        return next(context);
    }
}
