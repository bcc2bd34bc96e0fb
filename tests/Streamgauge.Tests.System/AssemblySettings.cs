// Drills load both cores of a small machine; two at once would measure each other.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
