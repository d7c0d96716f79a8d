/** Builds container images without Docker and moves them between registries. */
export {};
