using Xunit.Sdk;
using Xunit.v3;

// Real processes and a browser on two cores: one class after the other.
[assembly: Parallelization(Mode = ParallelMode.None)]
